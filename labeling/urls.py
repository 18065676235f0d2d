"""Addresses of the labeling desks: each view module brings its own, and its tab."""

from __future__ import annotations

from labeling.erasure import views as erasure
from labeling.imports import views as imports
from labeling.lead.agreement import views as agreement
from labeling.lead.exclusions import views as exclusions
from labeling.lead.find import views as find
from labeling.lead.overview import views as home
from labeling.lead.planning import views as planning
from labeling.lead.principles import views as principles
from labeling.lead.ranking import views as ranking
from labeling.lead.raters import views as raters
from labeling.lead.tasks import views as tasks
from labeling.lead.withdrawals import views as withdrawals
from labeling.lead.writing import views as writing
from labeling.operations import views as operations
from labeling.own import views as own
from labeling.profiles import views as profiles
from labeling.rating import differences, improvements, originals, tryout
from labeling.rating import views as rate
from labeling.releases import views as releases
from labeling.teaching.checks import views as checks
from labeling.teaching.examples import views as examples
from labeling.teaching.qualification import views as qualification
from labeling.teaching.questions import views as questions
from labeling.teaching.quiz import views as quiz
from labeling.wellbeing import views as wellbeing

app_name = "labeling"
urlpatterns = [
    *home.urlpatterns,
    *find.urlpatterns,
    *rate.urlpatterns,
    *originals.urlpatterns,
    *differences.urlpatterns,
    *improvements.urlpatterns,
    *tryout.urlpatterns,
    *own.urlpatterns,
    *tasks.urlpatterns,
    *withdrawals.urlpatterns,
    *checks.urlpatterns,
    *questions.urlpatterns,
    *examples.urlpatterns,
    *quiz.urlpatterns,
    *qualification.urlpatterns,
    *wellbeing.urlpatterns,
    *profiles.urlpatterns,
    *agreement.urlpatterns,
    *principles.urlpatterns,
    *raters.urlpatterns,
    *ranking.urlpatterns,
    *exclusions.urlpatterns,
    *planning.urlpatterns,
    *writing.urlpatterns,
    *imports.urlpatterns,
    *erasure.urlpatterns,
    *releases.urlpatterns,
    *operations.urlpatterns,
]
navigation = [
    *home.navigation,
    *find.navigation,
    *rate.navigation,
    *own.navigation,
    *tryout.navigation,
    *wellbeing.navigation,
    *profiles.navigation,
    *tasks.navigation,
    *agreement.navigation,
    *principles.navigation,
    *questions.navigation,
    *examples.navigation,
    *raters.navigation,
    *ranking.navigation,
    *planning.navigation,
    *qualification.navigation,
    *writing.navigation,
    *imports.navigation,
    *erasure.navigation,
    *releases.navigation,
    *operations.navigation,
]
