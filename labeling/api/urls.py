"""Addresses of the REST API, version 1."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path

from labeling.api import documentation, task_urls
from labeling.erasure import api as erasure
from labeling.imports import api as imports
from labeling.lead import api as figures
from labeling.lead.exclusions import api as exclusions
from labeling.lead.overview import api as needs
from labeling.lead.planning import api as planning
from labeling.lead.principles import api as principles
from labeling.lead.ranking import api as ranking
from labeling.lead.raters import api as raters
from labeling.operations import api as operations
from labeling.own import api as own
from labeling.pictures import api as pictures
from labeling.profiles import api as profiles
from labeling.rating import api as rating
from labeling.releases import api as releases
from labeling.teaching.checks import api as checks
from labeling.teaching.examples import api as examples
from labeling.teaching.qualification import api as qualification
from labeling.teaching.questions import api as questions
from labeling.teaching.quiz import api as quiz
from labeling.wellbeing import api as wellbeing
from projects.api import (
    account,
    accounts,
    audit,
    drafts,
    guidelines,
    members,
    projects,
    reasons,
    rubric,
)
from projects.navigation import Page

app_name = "api"
_RATERS = "projects/<slug:slug>/raters/"
_MEMBER, _RATER = f"{_RATERS}<int:member_id>/", f"{_RATERS}<slug:rater>/"
navigation = [Page("api-documentation", "api:docs")]
urlpatterns = [
    path(
        "projects/<slug:slug>/pictures/<slug:sha256>/<slug:size>/",
        pictures.OnePicture.as_view(),
        name="picture",
    ),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/right-answer/",
        checks.RightAnswerOfTask.as_view(),
        name="right-answer",
    ),
    path("projects/<slug:slug>/my-work/", own.MyWork.as_view(), name="my-work"),
    path("projects/<slug:slug>/my-work/judgments/", own.MyJudgments.as_view(), name="my-judgments"),
    path("projects/<slug:slug>/my-work/examples/", own.MyExamples.as_view(), name="my-examples"),
    path("projects/<slug:slug>/my-work/notes/", own.MyNotes.as_view(), name="my-notes"),
    path(
        "assignments/<int:assignment_id>/reopen/",
        rating.ReopenJudgment.as_view(),
        name="judgment-reopen",
    ),
    path(
        "projects/<slug:slug>/members/<int:member_id>/notes/",
        own.RaterNotes.as_view(),
        name="rater-notes",
    ),
    path(_MEMBER, own.OneRater.as_view(), name="rater"),
    path(f"{_MEMBER}take-back/", own.RaterTasks.as_view(), name="rater-take-back"),
    path(f"{_MEMBER}talked-over/", own.RaterTalks.as_view(), name="rater-talks"),
    path(f"{_RATER}exclusion/", exclusions.RaterExclusion.as_view(), name="exclusion"),
    path(f"{_RATERS}time.csv", raters.RaterTime.as_view(), name="rater-time"),
    path("projects/<slug:slug>/planner/", planning.Planner.as_view(), name="planner"),
    path("projects/<slug:slug>/models/", ranking.ModelRanking.as_view(), name="models"),
    path("projects/<slug:slug>/gold/", checks.KnownTasks.as_view(), name="gold"),
    path("projects/<slug:slug>/questions/", questions.Inbox.as_view(), name="questions"),
    path(
        "projects/<slug:slug>/questions/mine/",
        questions.OwnQuestions.as_view(),
        name="own-questions",
    ),
    path(
        "projects/<slug:slug>/questions/answer/",
        questions.AnsweredQuestions.as_view(),
        name="answered-questions",
    ),
    path("projects/<slug:slug>/ambiguity/", questions.Ambiguity.as_view(), name="ambiguity"),
    path("projects/<slug:slug>/precedents/", questions.Precedents.as_view(), name="precedents"),
    path(
        "projects/<slug:slug>/precedents/unread/",
        questions.UnreadPrecedents.as_view(),
        name="precedents-unread",
    ),
    path(
        "projects/<slug:slug>/precedents/<int:number>/",
        questions.OnePrecedent.as_view(),
        name="precedent",
    ),
    path(
        "assignments/<int:assignment_id>/question/",
        questions.AskQuestion.as_view(),
        name="ask-question",
    ),
    path("projects/<slug:slug>/quiz/", quiz.Quiz.as_view(), name="quiz"),
    path("projects/<slug:slug>/quiz/again/", quiz.QuizAgain.as_view(), name="quiz-again"),
    path(
        "projects/<slug:slug>/qualification/",
        qualification.Qualification.as_view(),
        name="qualification",
    ),
    path(
        "projects/<slug:slug>/qualification/tasks/",
        qualification.MadeStageTasks.as_view(),
        name="stage-tasks",
    ),
    path(
        "projects/<slug:slug>/qualification/candidates/<slug:code>/",
        qualification.OneCandidate.as_view(),
        name="candidate",
    ),
    path(
        "projects/<slug:slug>/qualification/mine/",
        qualification.OwnQualification.as_view(),
        name="own-qualification",
    ),
    path("projects/<slug:slug>/examples/", examples.WorkedExamples.as_view(), name="examples"),
    path(
        "projects/<slug:slug>/examples/<int:number>/",
        examples.OneWorkedExample.as_view(),
        name="example",
    ),
    path("projects/<slug:slug>/checks/", raters.Checks.as_view(), name="checks"),
    path("projects/", projects.Projects.as_view(), name="projects"),
    path("projects/<slug:slug>/", projects.OneProject.as_view(), name="project"),
    path(
        "projects/<slug:slug>/guideline/acknowledgement/",
        projects.GuidelineAcknowledgement.as_view(),
        name="acknowledgement",
    ),
    path("projects/<slug:slug>/rubric/", rubric.ProjectRubric.as_view(), name="rubric"),
    path(
        "projects/<slug:slug>/rubric/versions/",
        rubric.RubricVersions.as_view(),
        name="rubric-versions",
    ),
    path(
        "projects/<slug:slug>/rubric/questions/<slug:criterion>/",
        rubric.OneQuestion.as_view(),
        name="question",
    ),
    path(
        "projects/<slug:slug>/guidelines/",
        guidelines.GuidelineVersions.as_view(),
        name="guideline-versions",
    ),
    path(
        "projects/<slug:slug>/guidelines/<int:number>/",
        guidelines.OneGuidelineVersion.as_view(),
        name="guideline-version",
    ),
    path(
        "projects/<slug:slug>/guidelines/<int:number>/restore/",
        guidelines.RestoredVersion.as_view(),
        name="guideline-restore",
    ),
    path(
        "projects/<slug:slug>/guideline/draft/",
        drafts.OwnDraft.as_view(),
        name="guideline-draft",
    ),
    path(
        "projects/<slug:slug>/guideline/readers/",
        drafts.GuidelineReaders.as_view(),
        name="guideline-readers",
    ),
    path(
        "projects/<slug:slug>/guidelines/<int:number>/changes/",
        guidelines.GuidelineDifference.as_view(),
        name="guideline-changes",
    ),
    path("projects/<slug:slug>/reasons/", reasons.ProjectReasons.as_view(), name="reasons"),
    path("projects/<slug:slug>/members/", members.Members.as_view(), name="members"),
    path(
        "projects/<slug:slug>/members/<int:member_id>/",
        members.OneMember.as_view(),
        name="member",
    ),
    path("projects/<slug:slug>/reminders/", members.GuidelineReminders.as_view(), name="reminders"),
    path("projects/<slug:slug>/invitations/", members.Invitations.as_view(), name="invitations"),
    path(
        "projects/<slug:slug>/invitations/<int:invitation_id>/revoke/",
        members.InvitationRevocation.as_view(),
        name="invitation-revoke",
    ),
    path("projects/<slug:slug>/audit/", audit.AuditLog.as_view(), name="audit"),
    path("invitations/accept/", members.InvitationAcceptance.as_view(), name="invitation-accept"),
    path("account/", account.Account.as_view(), name="account"),
    path("account/tokens/", account.Tokens.as_view(), name="tokens"),
    path(
        "account/tokens/<int:token_id>/revoke/",
        account.TokenRevocation.as_view(),
        name="token-revoke",
    ),
    path("account/sessions/", account.Sessions.as_view(), name="sessions"),
    path("account/sessions/<int:session_id>/", account.OneSession.as_view(), name="session"),
    path(
        "account/sessions/end-others/",
        account.OtherSessions.as_view(),
        name="sessions-end-others",
    ),
    path("projects/<slug:slug>/next/", rating.NextTask.as_view(), name="next"),
    path("projects/<slug:slug>/undo/", rating.UndoLast.as_view(), name="undo"),
    path(
        "assignments/<int:assignment_id>/judgment/",
        rating.SubmitJudgment.as_view(),
        name="judgment",
    ),
    path("assignments/<int:assignment_id>/skip/", rating.SkipTask.as_view(), name="skip"),
    path(
        "assignments/<int:assignment_id>/heartbeat/", rating.KeepLease.as_view(), name="heartbeat"
    ),
    path("projects/<slug:slug>/imports/", imports.Imports.as_view(), name="imports"),
    path(
        "projects/<slug:slug>/imports/samples/",
        imports.ImportSamples.as_view(),
        name="import-samples",
    ),
    path(
        "projects/<slug:slug>/imports/preview/",
        imports.ImportPreview.as_view(),
        name="import-preview",
    ),
    path(
        "projects/<slug:slug>/imports/<int:import_id>/", imports.OneImport.as_view(), name="import"
    ),
    path(
        "projects/<slug:slug>/imports/<int:import_id>/refusals.csv",
        imports.ImportRefusals.as_view(),
        name="import-refusals",
    ),
    path(
        "projects/<slug:slug>/imports/<int:import_id>/cancel/",
        imports.ImportCancellation.as_view(),
        name="import-cancel",
    ),
    path(
        "projects/<slug:slug>/imports/<int:import_id>/undo/",
        imports.ImportUndoing.as_view(),
        name="import-undo",
    ),
    path("projects/<slug:slug>/releases/", releases.Releases.as_view(), name="releases"),
    path(
        "projects/<slug:slug>/releases/preview/",
        releases.ReleasePreview.as_view(),
        name="release-preview",
    ),
    path(
        "projects/<slug:slug>/releases/choices/",
        releases.ReleaseChoices.as_view(),
        name="release-choices",
    ),
    path(
        "projects/<slug:slug>/releases/<int:number>/",
        releases.OneRelease.as_view(),
        name="release",
    ),
    path(
        "projects/<slug:slug>/releases/<int:number>/cancel/",
        releases.ReleaseCancellation.as_view(),
        name="release-cancel",
    ),
    path(
        "projects/<slug:slug>/releases/<int:number>/retry/",
        releases.ReleaseRetry.as_view(),
        name="release-retry",
    ),
    path(
        "projects/<slug:slug>/releases/<int:number>/archive/",
        releases.ReleaseArchive.as_view(),
        name="release-archive",
    ),
    path(
        "projects/<slug:slug>/releases/<int:number>/files/<path:name>",
        releases.ReleaseFile.as_view(),
        name="release-file",
    ),
    path("projects/<slug:slug>/needs/", needs.ProjectNeeds.as_view(), name="needs"),
    path(
        "projects/<slug:slug>/needs/<slug:kind>/set-aside/",
        needs.NeedSetAside.as_view(),
        name="need-set-aside",
    ),
    path("projects/<slug:slug>/progress/", figures.ProjectProgress.as_view(), name="progress"),
    path("projects/<slug:slug>/agreement/", figures.ProjectAgreement.as_view(), name="agreement"),
    path("projects/<slug:slug>/agreement/pairs/", figures.ProjectPairs.as_view(), name="pairs"),
    path(
        "projects/<slug:slug>/principles/", principles.PrincipleLibrary.as_view(), name="principles"
    ),
    path(
        "projects/<slug:slug>/principles/<slug:key>/",
        principles.OnePrinciple.as_view(),
        name="principle",
    ),
    path(_RATERS, figures.ProjectRaters.as_view(), name="raters"),
    path("projects/<slug:slug>/profile/", profiles.MyProfile.as_view(), name="profile"),
    path(
        "projects/<slug:slug>/profile/form/",
        profiles.ProfileQuestions.as_view(),
        name="profile-form",
    ),
    path("projects/<slug:slug>/groups/", profiles.GroupVoices.as_view(), name="voices"),
    path("account/profiles/", profiles.MyProfiles.as_view(), name="profiles"),
    path("account/profiles/<int:profile_id>/", profiles.OneProfile.as_view(), name="one-profile"),
    path("projects/<slug:slug>/check-ins/", wellbeing.CheckIns.as_view(), name="check-ins"),
    path("projects/<slug:slug>/wellbeing/", wellbeing.Wellbeing.as_view(), name="wellbeing"),
    path("projects/<slug:slug>/topics/", wellbeing.Topics.as_view(), name="topics"),
    path(
        "projects/<slug:slug>/topics/choices/",
        wellbeing.TopicChoices.as_view(),
        name="topic-choices",
    ),
    path("projects/<slug:slug>/writing/", figures.ProjectWriting.as_view(), name="writing"),
    *task_urls.urlpatterns,
    path(
        "projects/<slug:slug>/deletion/", erasure.ProjectDeletion.as_view(), name="project-deletion"
    ),
    path("deletions/<int:deletion_id>/", erasure.OneDeletion.as_view(), name="deletion"),
    path("account/email/", accounts.AccountEmail.as_view(), name="account-email"),
    path("account/erasure/", accounts.AccountErasure.as_view(), name="account-erasure"),
    path("operations/people/email/", accounts.PersonEmail.as_view(), name="person-email"),
    path("operations/people/erasure/", accounts.PersonErasure.as_view(), name="person-erasure"),
    path(
        "deletions/<int:deletion_id>/retry/",
        erasure.DeletionRetry.as_view(),
        name="deletion-retry",
    ),
    path("operations/", operations.Operations.as_view(), name="operations"),
    path(
        "operations/jobs/<str:kind>/<int:job_id>/cancel/",
        operations.CancelListedJob.as_view(),
        name="operations-cancel",
    ),
    path("schema/", documentation.Schema.as_view(), name="schema"),
    path("docs/", login_required(documentation.Docs.as_view()), name="docs"),
    re_path(r"^.*$", documentation.NothingHere.as_view(), name="nothing"),
]
