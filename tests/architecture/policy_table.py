"""What everybody is answered, address by address: the policy in one place.

Columns: lead, reviewer, rater, engineer, outsider (logged in, no member), anonymous. 403 is a role
that may not, 404 an outsider who must not learn that there is a project, 401 or 302 (to the log-in
page) somebody who is not logged in. Requests that change something are sent without the values
they need, so 400 and 422 mean: let in, and told what is missing; a 302 goes on after a form.
Verbs that are not listed for an address are answered 405.
"""

# ruff: noqa: E501

from __future__ import annotations

TABLE = """
#                                                                                   lead  rev  rat  eng  out anon
# the API
GET    api/v1/^.*$                                                                   404  404  404  404  404  404
POST   api/v1/^.*$                                                                   404  404  404  404  404  404
PUT    api/v1/^.*$                                                                   404  404  404  404  404  404
PATCH  api/v1/^.*$                                                                   404  404  404  404  404  404
DELETE api/v1/^.*$                                                                   404  404  404  404  404  404
POST   api/v1/account/email/                                                         400  400  400  400  400  401
POST   api/v1/account/erasure/                                                       400  400  400  400  400  401
POST   api/v1/assignments/<int:assignment_id>/heartbeat/                             200  200  200  404  404  401
POST   api/v1/assignments/<int:assignment_id>/judgment/                              400  400  400  404  404  401
POST   api/v1/assignments/<int:assignment_id>/skip/                                  400  400  400  404  404  401
GET    api/v1/deletions/<int:deletion_id>/                                           404  404  404  404  404  401
GET    api/v1/docs/                                                                  200  200  200  200  200  302
GET    api/v1/operations/                                                            404  404  404  404  404  401
POST   api/v1/operations/jobs/<str:kind>/<int:job_id>/cancel/                        404  404  404  404  404  401
POST   api/v1/operations/people/email/                                               404  404  404  404  404  401
POST   api/v1/operations/people/erasure/                                             404  404  404  404  404  401
GET    api/v1/projects/                                                              200  200  200  200  200  401
POST   api/v1/projects/                                                              400  403  403  403  403  401
GET    api/v1/projects/<slug:slug>/                                                  200  200  200  200  404  401
GET    api/v1/projects/<slug:slug>/agreement/                                        200  200  403  200  404  401
GET    api/v1/projects/<slug:slug>/agreement/pairs/                                  400  400  403  400  404  401
POST   api/v1/projects/<slug:slug>/deletion/                                         400  403  403  403  404  401
POST   api/v1/projects/<slug:slug>/guideline/acknowledgement/                        400  400  400  400  404  401
GET    api/v1/projects/<slug:slug>/imports/                                          200  403  403  200  404  401
POST   api/v1/projects/<slug:slug>/imports/                                          400  403  403  400  404  401
GET    api/v1/projects/<slug:slug>/imports/<int:import_id>/                          200  403  403  200  404  401
POST   api/v1/projects/<slug:slug>/imports/<int:import_id>/cancel/                   409  403  403  409  404  401
GET    api/v1/projects/<slug:slug>/imports/<int:import_id>/refusals.csv              200  403  403  200  404  401
POST   api/v1/projects/<slug:slug>/imports/<int:import_id>/undo/                     202  403  403  202  404  401
POST   api/v1/projects/<slug:slug>/next/                                             200  200  200  403  404  401
GET    api/v1/projects/<slug:slug>/progress/                                         200  200  403  200  404  401
GET    api/v1/projects/<slug:slug>/raters/                                           200  200  403  403  404  401
GET    api/v1/projects/<slug:slug>/rubric/                                           200  200  200  200  404  401
PATCH  api/v1/projects/<slug:slug>/rubric/                                           400  403  403  403  404  401
POST   api/v1/projects/<slug:slug>/rubric/                                           400  403  403  403  404  401
GET    api/v1/projects/<slug:slug>/rubric/questions/<slug:criterion>/                200  200  200  200  404  401
PATCH  api/v1/projects/<slug:slug>/rubric/questions/<slug:criterion>/                200  403  403  403  404  401
DELETE api/v1/projects/<slug:slug>/rubric/questions/<slug:criterion>/                409  403  403  403  404  401
GET    api/v1/projects/<slug:slug>/rubric/versions/                                  200  200  200  200  404  401
GET    api/v1/projects/<slug:slug>/releases/                                         200  403  403  200  404  401
POST   api/v1/projects/<slug:slug>/releases/                                         400  403  403  400  404  401
POST   api/v1/projects/<slug:slug>/releases/preview/                                 400  403  403  400  404  401
GET    api/v1/projects/<slug:slug>/releases/choices/                                 200  403  403  200  404  401
GET    api/v1/projects/<slug:slug>/releases/<int:release_id>/                        200  403  403  200  404  401
POST   api/v1/projects/<slug:slug>/releases/<int:release_id>/cancel/                 409  403  403  409  404  401
GET    api/v1/projects/<slug:slug>/releases/<int:release_id>/files/<path:name>       200  403  403  200  404  401
GET    api/v1/projects/<slug:slug>/task-changes/                                     200  200  403  200  404  401
POST   api/v1/projects/<slug:slug>/task-changes/                                     400  403  403  400  404  401
GET    api/v1/projects/<slug:slug>/task-changes/<int:change_id>/                     200  200  403  200  404  401
POST   api/v1/projects/<slug:slug>/task-changes/<int:change_id>/cancel/              409  403  403  409  404  401
GET    api/v1/projects/<slug:slug>/tasks/                                            200  200  403  200  404  401
GET    api/v1/projects/<slug:slug>/tasks/<int:task_id>/                              200  200  403  200  404  401
PATCH  api/v1/projects/<slug:slug>/tasks/<int:task_id>/                              400  403  403  400  404  401
POST   api/v1/projects/<slug:slug>/tasks/<int:task_id>/votes/                        200  200  403  403  404  401
POST   api/v1/projects/<slug:slug>/tasks/<int:task_id>/put-back/                     200  403  403  200  404  401
POST   api/v1/projects/<slug:slug>/tasks/<int:task_id>/withdraw/                     400  403  403  400  404  401
POST   api/v1/projects/<slug:slug>/undo/                                             200  200  200  403  404  401
GET    api/v1/projects/<slug:slug>/withdrawals/                                      200  200  403  200  404  401
POST   api/v1/projects/<slug:slug>/withdrawals/                                      400  403  403  400  404  401
GET    api/v1/projects/<slug:slug>/withdrawals/<int:withdrawal_id>/                  200  200  403  200  404  401
POST   api/v1/projects/<slug:slug>/withdrawals/<int:withdrawal_id>/cancel/           409  403  403  409  404  401
GET    api/v1/schema/                                                                200  200  200  200  200  401
# rating
GET    p/<slug:slug>/rate/                                                           200  200  200  403  404  302
POST   p/<slug:slug>/rate/<int:assignment_id>/heartbeat/                             200  200  200  403  404  302
POST   p/<slug:slug>/rate/<int:assignment_id>/prepare/                               200  200  200  403  404  302
POST   p/<slug:slug>/rate/<int:assignment_id>/release/                               204  204  204  403  404  302
POST   p/<slug:slug>/rate/<int:assignment_id>/skip/                                  302  302  302  403  404  302
POST   p/<slug:slug>/rate/<int:assignment_id>/submit/                                422  422  422  403  404  302
POST   p/<slug:slug>/rate/guideline/                                                 302  302  302  403  404  302
POST   p/<slug:slug>/rate/undo/                                                      302  302  302  403  404  302
# a project: pages
GET    p/<slug:slug>/                                                                200  200  200  200  404  302
GET    p/<slug:slug>/agreement.json                                                  200  200  403  200  404  302
GET    p/<slug:slug>/agreement/                                                      200  200  403  200  404  302
GET    p/<slug:slug>/agreement/<slug:criterion>/                                     200  200  403  200  404  302
GET    p/<slug:slug>/audit/                                                          200  403  403  403  404  302
GET    p/<slug:slug>/delete/                                                         200  403  403  403  404  302
POST   p/<slug:slug>/delete/                                                         422  403  403  403  404  302
GET    p/<slug:slug>/find/                                                           200  200  403  200  404  302
GET    p/<slug:slug>/guideline/                                                      200  200  200  200  404  302
GET    p/<slug:slug>/guideline/<int:number>/                                         200  200  200  200  404  302
POST   p/<slug:slug>/guideline/<int:number>/acknowledge/                             302  302  302  302  404  302
GET    p/<slug:slug>/guideline/compare/                                              200  200  200  200  404  302
GET    p/<slug:slug>/guideline/edit/                                                 200  403  403  403  404  302
POST   p/<slug:slug>/guideline/edit/                                                 422  403  403  403  404  302
GET    p/<slug:slug>/imports/                                                        200  403  403  200  404  302
POST   p/<slug:slug>/imports/                                                        422  403  403  422  404  302
GET    p/<slug:slug>/imports/<int:import_id>/                                        200  403  403  200  404  302
POST   p/<slug:slug>/imports/<int:import_id>/cancel/                                 302  403  403  302  404  302
GET    p/<slug:slug>/imports/<int:import_id>/refused.csv                             200  403  403  200  404  302
POST   p/<slug:slug>/imports/<int:import_id>/undo/                                   302  403  403  302  404  302
GET    p/<slug:slug>/imports/new/<str:upload>/                                       200  403  403  200  404  302
POST   p/<slug:slug>/imports/new/<str:upload>/                                       200  403  403  200  404  302
POST   p/<slug:slug>/imports/new/<str:upload>/start/                                 422  403  403  422  404  302
POST   p/<slug:slug>/invitations/<int:pk>/revoke/                                    302  403  403  403  404  302
GET    p/<slug:slug>/members/                                                        200  200  403  403  404  302
POST   p/<slug:slug>/members/<int:pk>/                                               302  403  403  403  404  302
POST   p/<slug:slug>/members/<int:pk>/remove/                                        302  403  403  403  404  302
GET    p/<slug:slug>/members/invite/                                                 302  403  403  403  404  302
POST   p/<slug:slug>/members/invite/                                                 422  403  403  403  404  302
GET    p/<slug:slug>/questions/                                                      200  403  403  403  404  302
POST   p/<slug:slug>/questions/<slug:criterion>/move/                                302  403  403  403  404  302
GET    p/<slug:slug>/questions/<slug:criterion>/edit/                                200  403  403  403  404  302
POST   p/<slug:slug>/questions/<slug:criterion>/edit/                                422  403  403  403  404  302
POST   p/<slug:slug>/questions/<slug:criterion>/remove/                              302  403  403  403  404  302
POST   p/<slug:slug>/questions/<slug:criterion>/restore/                             302  403  403  403  404  302
POST   p/<slug:slug>/questions/<slug:criterion>/retire/                              302  403  403  403  404  302
GET    p/<slug:slug>/questions/new/                                                  200  403  403  403  404  302
POST   p/<slug:slug>/questions/new/                                                  422  403  403  403  404  302
GET    p/<slug:slug>/questions/versions/<int:number>/                                200  403  403  403  404  302
GET    p/<slug:slug>/raters/                                                         200  200  403  403  404  302
GET    p/<slug:slug>/releases/                                                       200  403  403  200  404  302
GET    p/<slug:slug>/releases/<int:number>/                                          200  403  403  200  404  302
GET    p/<slug:slug>/releases/<int:number>/archive/                                  200  403  403  200  404  302
POST   p/<slug:slug>/releases/<int:number>/cancel/                                   302  403  403  302  404  302
GET    p/<slug:slug>/releases/<int:number>/files/<path:name>                         200  403  403  200  404  302
POST   p/<slug:slug>/releases/<int:number>/retry/                                    302  403  403  302  404  302
GET    p/<slug:slug>/releases/new/                                                   200  403  403  200  404  302
POST   p/<slug:slug>/releases/new/                                                   422  403  403  422  404  302
GET    p/<slug:slug>/releases/preview/                                               200  403  403  200  404  302
GET    p/<slug:slug>/settings/                                                       200  403  403  403  404  302
POST   p/<slug:slug>/settings/                                                       422  403  403  403  404  302
POST   p/<slug:slug>/task-changes/                                                   302  403  403  302  404  302
GET    p/<slug:slug>/task-changes/<int:pk>/                                          200  200  403  200  404  302
POST   p/<slug:slug>/task-changes/<int:pk>/cancel/                                   302  403  403  302  404  302
GET    p/<slug:slug>/tasks/                                                          200  200  403  200  404  302
GET    p/<slug:slug>/tasks/<int:pk>/                                                 200  200  403  200  404  302
POST   p/<slug:slug>/tasks/<int:pk>/plan/                                            302  403  403  302  404  302
POST   p/<slug:slug>/tasks/<int:pk>/put-back/                                        302  403  403  302  404  302
POST   p/<slug:slug>/tasks/<int:pk>/votes/                                           302  302  403  403  404  302
POST   p/<slug:slug>/tasks/<int:pk>/withdraw/                                        302  403  403  302  404  302
POST   p/<slug:slug>/withdrawals/                                                    302  403  403  302  404  302
GET    p/<slug:slug>/withdrawals/<int:pk>/                                           200  200  403  200  404  302
POST   p/<slug:slug>/withdrawals/<int:pk>/cancel/                                    302  403  403  302  404  302
# everybody's own
GET    /                                                                             200  200  200  200  200  302
GET    account/                                                                      200  200  200  200  200  302
POST   account/                                                                      422  422  422  422  422  302
GET    account/email/                                                                200  200  200  200  200  302
POST   account/email/                                                                422  422  422  422  422  302
GET    account/erase/                                                                200  200  200  200  200  302
POST   account/erase/                                                                422  422  422  422  422  302
POST   account/sessions/<int:pk>/end/                                                302  302  302  302  302  302
POST   account/sessions/end-others/                                                  302  302  302  302  302  302
GET    account/tokens/                                                               200  200  200  200  200  302
POST   account/tokens/                                                               422  422  422  422  422  302
POST   account/tokens/<int:pk>/revoke/                                               302  302  302  302  302  302
GET    deletions/<int:pk>/                                                           404  404  404  404  404  302
POST   deletions/<int:pk>/retry/                                                     404  404  404  404  404  302
GET    help/                                                                         200  200  200  200  200  302
POST   logout/                                                                       302  302  302  302  302  302
GET    operations/                                                                   404  404  404  404  404  302
POST   operations/jobs/<str:kind>/<int:job_id>/cancel/                               404  404  404  404  404  302
GET    people/<int:pk>/erase/                                                        404  404  404  404  404  302
POST   people/<int:pk>/erase/                                                        404  404  404  404  404  302
GET    password/change/                                                              200  200  200  200  200  302
POST   password/change/                                                              422  422  422  422  422  302
GET    projects/new/                                                                 200  403  403  403  403  302
POST   projects/new/                                                                 422  403  403  403  403  302
# open to all
GET    healthz                                                                       200  200  200  200  200  200
GET    metrics                                                                       404  404  404  404  404  404
GET    account/email/<str:token>/                                                    410  410  410  410  410  410
POST   account/email/<str:token>/                                                    302  302  302  302  302  302
GET    invitation/<str:token>/                                                       302  302  302  302  200  200
POST   invitation/<str:token>/                                                       302  302  302  302  302  422
GET    login/                                                                        302  302  302  302  302  200
POST   login/                                                                        302  302  302  302  302  422
PUT    login/                                                                        302  302  302  302  302  422
PATCH  login/                                                                        302  302  302  302  302  405
DELETE login/                                                                        302  302  302  302  302  405
GET    password/reset/                                                               200  200  200  200  200  200
POST   password/reset/                                                               200  200  200  200  200  200
PUT    password/reset/                                                               200  200  200  200  200  200
GET    password/reset/<uidb64>/<token>/                                              200  200  200  200  200  200
POST   password/reset/<uidb64>/<token>/                                              200  200  200  200  200  200
PUT    password/reset/<uidb64>/<token>/                                              200  200  200  200  200  200
PATCH  password/reset/<uidb64>/<token>/                                              200  200  200  200  200  200
DELETE password/reset/<uidb64>/<token>/                                              200  200  200  200  200  200
GET    password/reset/done/                                                          200  200  200  200  200  200
GET    password/reset/sent/                                                          200  200  200  200  200  200
"""
