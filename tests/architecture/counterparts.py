"""The call of the API for every form of the site; a test walks both tables.

Left: what a form sends, as in `policy_table`. Right: the call that does the same, or in
parentheses why no program needs one.
"""

# ruff: noqa: E501

from __future__ import annotations

COUNTERPARTS = """
# rating
POST p/<slug:slug>/rate/<int:assignment_id>/heartbeat/    POST assignments/<int:assignment_id>/heartbeat/
POST p/<slug:slug>/rate/<int:assignment_id>/prepare/      POST projects/<slug:slug>/next/
POST p/<slug:slug>/rate/<int:assignment_id>/improve/      (shows the editor of a response, and keeps nothing)
POST p/<slug:slug>/rate/<int:assignment_id>/preview/      (shows what is being written, and keeps nothing)
POST p/<slug:slug>/rate/<int:assignment_id>/release/      (a browser takes tasks ahead, a program none)
POST p/<slug:slug>/rate/<int:assignment_id>/skip/         POST assignments/<int:assignment_id>/skip/
POST p/<slug:slug>/rate/<int:assignment_id>/submit/       POST assignments/<int:assignment_id>/judgment/
POST p/<slug:slug>/rate/guideline/                        POST projects/<slug:slug>/guideline/acknowledgement/
POST p/<slug:slug>/rate/undo/                             POST projects/<slug:slug>/undo/
# a project
POST projects/preview/                                    (shows a desk, and keeps nothing)
POST projects/new/                                        POST projects/
POST p/<slug:slug>/settings/                              PATCH projects/<slug:slug>/
POST p/<slug:slug>/delete/                                POST projects/<slug:slug>/deletion/
POST deletions/<int:pk>/retry/                            POST deletions/<int:deletion_id>/retry/
POST p/<slug:slug>/needs/<slug:kind>/set-aside/           POST projects/<slug:slug>/needs/<slug:kind>/set-aside/
POST p/<slug:slug>/guideline/<int:number>/acknowledge/    POST projects/<slug:slug>/guideline/acknowledgement/
POST p/<slug:slug>/guideline/edit/                        POST projects/<slug:slug>/guidelines/
POST p/<slug:slug>/guideline/<int:number>/restore/        POST projects/<slug:slug>/guidelines/<int:number>/restore/
POST p/<slug:slug>/guideline/draft/                       PUT projects/<slug:slug>/guideline/draft/
POST p/<slug:slug>/guideline/draft/discard/               DELETE projects/<slug:slug>/guideline/draft/
POST p/<slug:slug>/rate/<int:assignment_id>/ask/          POST assignments/<int:assignment_id>/question/
POST p/<slug:slug>/precedents/unread/                     POST projects/<slug:slug>/precedents/unread/
POST p/<slug:slug>/precedents/answer/                     POST projects/<slug:slug>/precedents/
POST p/<slug:slug>/precedents/<int:number>/               PUT projects/<slug:slug>/precedents/<int:number>/
POST p/<slug:slug>/precedents/<int:number>/retire/        DELETE projects/<slug:slug>/precedents/<int:number>/
POST p/<slug:slug>/quiz/                                  POST projects/<slug:slug>/quiz/
POST p/<slug:slug>/qualification/stages/                  PATCH projects/<slug:slug>/
POST p/<slug:slug>/qualification/tasks/                   POST projects/<slug:slug>/qualification/tasks/
POST p/<slug:slug>/qualification/tasks/<int:pk>/take-out/ POST projects/<slug:slug>/tasks/<int:task_id>/withdraw/
POST p/<slug:slug>/qualification/candidates/<slug:code>/  POST projects/<slug:slug>/qualification/candidates/<slug:code>/
POST p/<slug:slug>/qualification/mine/begin/              POST projects/<slug:slug>/qualification/mine/
POST p/<slug:slug>/quiz/again/                            POST projects/<slug:slug>/quiz/again/
POST p/<slug:slug>/examples/new/                          POST projects/<slug:slug>/examples/
POST p/<slug:slug>/examples/<int:number>/edit/            PUT projects/<slug:slug>/examples/<int:number>/
POST p/<slug:slug>/examples/<int:number>/retire/          DELETE projects/<slug:slug>/examples/<int:number>/
POST p/<slug:slug>/principles/new/                        POST projects/<slug:slug>/principles/
POST p/<slug:slug>/principles/<slug:key>/edit/            PATCH projects/<slug:slug>/principles/<slug:key>/
POST p/<slug:slug>/principles/<slug:key>/retire/          DELETE projects/<slug:slug>/principles/<slug:key>/
POST p/<slug:slug>/questions/reasons/                     PUT projects/<slug:slug>/reasons/
POST p/<slug:slug>/questions/new/                         POST projects/<slug:slug>/rubric/
POST p/<slug:slug>/questions/<slug:criterion>/move/       PATCH projects/<slug:slug>/rubric/
POST p/<slug:slug>/questions/<slug:criterion>/edit/       PATCH projects/<slug:slug>/rubric/questions/<slug:criterion>/
POST p/<slug:slug>/questions/<slug:criterion>/retire/     PATCH projects/<slug:slug>/rubric/questions/<slug:criterion>/
POST p/<slug:slug>/questions/<slug:criterion>/restore/    PATCH projects/<slug:slug>/rubric/questions/<slug:criterion>/
POST p/<slug:slug>/questions/<slug:criterion>/remove/     DELETE projects/<slug:slug>/rubric/questions/<slug:criterion>/
# people
POST p/<slug:slug>/members/<int:pk>/                      PATCH projects/<slug:slug>/members/<int:member_id>/
POST p/<slug:slug>/members/<int:pk>/remove/               DELETE projects/<slug:slug>/members/<int:member_id>/
POST p/<slug:slug>/members/remind/                        POST projects/<slug:slug>/reminders/
POST p/<slug:slug>/members/invite/                        POST projects/<slug:slug>/invitations/
POST p/<slug:slug>/invitations/<int:pk>/revoke/           POST projects/<slug:slug>/invitations/<int:invitation_id>/revoke/
POST invitation/<str:token>/                              POST invitations/accept/
# tasks
POST p/<slug:slug>/tasks/<int:pk>/adjudicate/             POST projects/<slug:slug>/tasks/<int:task_id>/adjudication/
POST p/<slug:slug>/tasks/<int:pk>/flags/<slug:flag>/resolve/ POST projects/<slug:slug>/tasks/<int:task_id>/flags/<slug:flag>/resolution/
POST p/<slug:slug>/tasks/<int:pk>/hide-votes/             PUT projects/<slug:slug>/hides-votes/
POST p/<slug:slug>/tasks/<int:pk>/plan/                   PATCH projects/<slug:slug>/tasks/<int:task_id>/
POST p/<slug:slug>/tasks/<int:pk>/votes/                  POST projects/<slug:slug>/tasks/<int:task_id>/votes/
POST p/<slug:slug>/profile/answer/                        PUT projects/<slug:slug>/profile/
POST p/<slug:slug>/groups/ask/                            POST projects/<slug:slug>/profile/form/
POST account/profiles/<int:profile_id>/withdraw/          DELETE account/profiles/<int:profile_id>/
POST p/<slug:slug>/check-in/                              POST projects/<slug:slug>/check-ins/
POST p/<slug:slug>/topics/choose/                         POST projects/<slug:slug>/topics/choices/
POST p/<slug:slug>/topics/describe/                       POST projects/<slug:slug>/topics/
POST p/<slug:slug>/tasks/<int:pk>/right-answer/           POST projects/<slug:slug>/tasks/<int:task_id>/right-answer/
POST p/<slug:slug>/tasks/<int:pk>/settle/                 POST projects/<slug:slug>/tasks/<int:task_id>/settle/
POST p/<slug:slug>/tasks/<int:pk>/withdraw/               POST projects/<slug:slug>/tasks/<int:task_id>/withdraw/
POST p/<slug:slug>/tasks/<int:pk>/put-back/               POST projects/<slug:slug>/tasks/<int:task_id>/put-back/
POST p/<slug:slug>/task-changes/                          POST projects/<slug:slug>/task-changes/
POST p/<slug:slug>/task-changes/<int:pk>/cancel/          POST projects/<slug:slug>/task-changes/<int:change_id>/cancel/
POST p/<slug:slug>/withdrawals/                           POST projects/<slug:slug>/withdrawals/
POST p/<slug:slug>/withdrawals/<int:pk>/cancel/           POST projects/<slug:slug>/withdrawals/<int:withdrawal_id>/cancel/
# files in and out
POST p/<slug:slug>/imports/                               POST projects/<slug:slug>/imports/
POST p/<slug:slug>/imports/samples/                       POST projects/<slug:slug>/imports/samples/
POST p/<slug:slug>/imports/new/<str:upload>/              POST projects/<slug:slug>/imports/preview/
POST p/<slug:slug>/imports/new/<str:upload>/start/        POST projects/<slug:slug>/imports/
POST p/<slug:slug>/my-work/<int:assignment_id>/change/    POST assignments/<int:assignment_id>/reopen/
POST p/<slug:slug>/my-work/examples/                      POST projects/<slug:slug>/my-work/examples/
POST p/<slug:slug>/my-work/notes/read/                    POST projects/<slug:slug>/my-work/notes/
POST p/<slug:slug>/raters/<int:member_id>/talked-over/    POST projects/<slug:slug>/raters/<int:member_id>/talked-over/
POST p/<slug:slug>/raters/<int:member_id>/notes/          POST projects/<slug:slug>/members/<int:member_id>/notes/
POST p/<slug:slug>/raters/<int:member_id>/pause/          PATCH projects/<slug:slug>/members/<int:member_id>/
POST p/<slug:slug>/raters/<int:member_id>/take-back/      POST projects/<slug:slug>/raters/<int:member_id>/take-back/
POST p/<slug:slug>/raters/<slug:rater>/exclusion/         POST projects/<slug:slug>/raters/<slug:rater>/exclusion/
POST p/<slug:slug>/raters/<slug:rater>/exclusion/lift/    DELETE projects/<slug:slug>/raters/<slug:rater>/exclusion/
POST p/<slug:slug>/imports/<int:import_id>/cancel/        POST projects/<slug:slug>/imports/<int:import_id>/cancel/
POST p/<slug:slug>/imports/<int:import_id>/undo/          POST projects/<slug:slug>/imports/<int:import_id>/undo/
POST p/<slug:slug>/releases/new/                          POST projects/<slug:slug>/releases/
POST p/<slug:slug>/releases/<int:number>/cancel/          POST projects/<slug:slug>/releases/<int:number>/cancel/
POST p/<slug:slug>/releases/<int:number>/retry/           POST projects/<slug:slug>/releases/<int:number>/retry/
# one's own
POST account/                                             PATCH account/
POST account/sessions/<int:pk>/end/                       DELETE account/sessions/<int:session_id>/
POST account/sessions/end-others/                         POST account/sessions/end-others/
POST account/tokens/                                      POST account/tokens/
POST account/tokens/<int:pk>/revoke/                      POST account/tokens/<int:token_id>/revoke/
POST operations/jobs/<str:kind>/<int:job_id>/cancel/      POST operations/jobs/<str:kind>/<int:job_id>/cancel/
POST account/email/                                       POST account/email/
POST account/email/<str:token>/                           (whoever reads the new address follows its link)
POST account/erase/                                       POST account/erasure/
POST people/<int:pk>/erase/                               POST operations/people/erasure/
POST login/                                               (a program has a token)
POST logout/                                              (a program has a token)
POST password/change/                                     (a password is a person's, and no program's)
POST password/reset/                                      (a password is a person's, and no program's)
POST password/reset/<uidb64>/<token>/                     (a password is a person's, and no program's)
"""
