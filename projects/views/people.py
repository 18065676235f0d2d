"""Members, invitation links, API tokens and the audit log."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import Access, SignedInRequest, get_access, require_row
from projects.audit import detail_in_words
from projects.exceptions import ConcordError
from projects.forms.accounts import TokenForm
from projects.forms.errors import show_refusal
from projects.forms.people import InvitationForm, MemberForm, ReminderForm
from projects.guidelines.selectors import current_guideline, unread_memberships
from projects.models import Guideline, Membership, Project, Role
from projects.navigation import Group, Tab, address
from projects.once import drop, hand_over, handed_over
from projects.permissions import Action
from projects.selectors import people
from projects.services.invitations import invite, revoke_invitation
from projects.services.keys import create_api_key, revoke_api_key
from projects.services.members import remove_member, set_member
from projects.services.reminders import remind, reminder_failures, reminder_pause
from projects.sites import site_address

AUDIT_PAGE = 100
MEMBERS_PAGE = 100
INVITATIONS_PAGE = 50
#: Names the page of invitations in an address, beside the page of members.
LINKS = "links"


@never_cache
@require_safe
def members(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who takes part, in which role; for leads also the invitations."""
    access = get_access(request.user, slug, Action.SEE_MEMBERS)
    form = InvitationForm(initial={"days": settings.INVITATION_DAYS})
    return _members(request, access, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_invitation(request: SignedInRequest, slug: str) -> HttpResponse:
    """A new link, shown on the next page and never again."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    if request.method != "POST":
        return _to_members(request, slug, "invite")
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            new = invite(project=access.project, created_by=request.user, **form.cleaned_data)
        except ConcordError as error:
            show_refusal(form, error)
        else:
            link = site_address(reverse("projects:invitation", args=[new.token]))
            reply = _to_members(request, slug, "invite")
            page = reverse("projects:members", args=[slug])
            return hand_over(reply, user=request.user, address=page, secret=link)
    return _members(request, access, form, status=422)


def _to_members(request: SignedInRequest, slug: str, place: str) -> HttpResponse:
    """Back to the members, to the same page of them and the same place on it."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('projects:members', args=[slug])}{query}#{place}")


def _elsewhere(request: SignedInRequest, page: str) -> HttpResponse:
    """To another page as a whole, also where a form asked for a part of this one."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": page})
    return redirect(page)


def _members(
    request: SignedInRequest, access: Access, form: InvitationForm, *, status: int = 200
) -> HttpResponse:
    may_manage = access.may(Action.MANAGE_MEMBERS)
    guideline = current_guideline(access.project)
    words = request.GET.get("q", "").strip()[:200]
    pages = Paginator(people.members_called(access.project, words), MEMBERS_PAGE)
    page = pages.get_page(request.GET.get("page"))
    links = Paginator(people.invitations_of(access.project), INVITATIONS_PAGE)
    link = handed_over(request)
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "words": words,
        "query": f"{urlencode({'q': words})}&" if words else "",
        "place": f"?{request.GET.urlencode()}" if request.GET else "",
        "members": [
            {"member": member, "form": may_manage and not member.user.is_placeholder}
            for member in page.object_list
        ],
        "invitations": links.get_page(request.GET.get(LINKS)) if may_manage else None,
        "links_parameter": LINKS,
        "invite_form": form,
        "fresh_link": link,
        "may_manage": may_manage,
        "unread": _unread(access.project, guideline) if may_manage else [],
        "guideline": guideline,
        "reminder_hours": settings.REMINDER_HOURS,
        "role_choices": Role.choices,
    }
    response = render(request, "projects/members.html", context, status=status)
    return drop(response, address=request.path) if link else response


def _unread(project: Project, guideline: Guideline | None) -> list[dict[str, object]]:
    """Raters who have the guideline to read, at most a page, and whether each may be reminded."""
    failed = reminder_failures(project)
    again = timezone.now() - reminder_pause()
    return [
        {
            "member": row,
            "may_remind": row.reminded_at is None or row.reminded_at < again,
            "has_failed": row.user.email in failed,
        }
        for row in unread_memberships(project, guideline)[:MEMBERS_PAGE]
    ]


@require_POST
def send_reminders(request: SignedInRequest, slug: str) -> HttpResponse:
    """Asks one rater by mail to read the guideline, or all who have not."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    form = ReminderForm(request.POST)
    chosen = form.cleaned_data["member"] if form.is_valid() else None
    try:
        reminders = remind(
            project=access.project, actor=access.user, members=[chosen] if chosen else ()
        )
    except ConcordError as error:
        messages.warning(request, error.message)
    else:
        n = len(reminders.members)
        sentence = ngettext(
            "%(n)d rater is sent a reminder.", "%(n)d raters are sent a reminder.", n
        ) % {"n": n}
        if reminders.left:
            more = ngettext("%(n)d more waits.", "%(n)d more wait.", reminders.left)
            sentence = f"{sentence} {more % {'n': reminders.left}}"
        messages.success(request, sentence)
    if request.POST.get("next") == "readers":
        return redirect("projects:guideline-readers", slug)
    return redirect(f"{reverse('projects:members', args=[slug])}#unread")


def _member(access: Access, pk: int) -> Membership:
    return require_row(people.get_member(access.project, pk), _("There is no such member."))


@require_POST
def change_member(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Another role or limit for a member."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    member = _member(access, pk)
    form = MemberForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing changed: the limit is a whole number from 1, or empty."))
        return _to_members(request, slug, f"member-{pk}")
    try:
        set_member(
            project=access.project, user=member.user, actor=request.user, **form.cleaned_data
        )
    except ConcordError as error:
        messages.error(request, _("Nothing changed. %(reason)s") % {"reason": error.message})
    else:
        messages.success(
            request, _("Role and limit of %(name)s are saved.") % {"name": member.user.display_name}
        )
        if member.user_id == request.user.pk:  # who may not see the members any more
            return _elsewhere(request, address("home", slug))
    return _to_members(request, slug, f"member-{pk}")


@require_POST
def end_membership(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Removes a member; what the member judged stays."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    member = _member(access, pk)
    name = member.user.display_name
    try:
        remove_member(membership=member, actor=request.user)
    except ConcordError as error:
        messages.error(request, _("Nothing changed. %(reason)s") % {"reason": error.message})
        return _to_members(request, slug, f"member-{pk}")
    messages.success(
        request,
        _(
            "%(name)s is removed; their judgments stay. Links made until now do not bring them "
            "back, and those they made or came by are revoked; a new link would."
        )
        % {"name": name},
    )
    if member.user_id == request.user.pk:
        return _elsewhere(request, reverse("projects:list"))
    return _to_members(request, slug, f"member-{pk}")


@require_POST
def end_invitation(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Makes a link useless at once."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    invitation = people.get_invitation(access.project, pk)
    invitation = require_row(invitation, _("There is no such invitation."))
    revoke_invitation(invitation=invitation, actor=request.user)
    messages.success(request, _("The link no longer works. Who joined through it stays a member."))
    return _to_members(request, slug, f"invitation-{pk}")


@require_safe
def audit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who changed the project's rules and people; by person, and by what was done."""
    access = get_access(request.user, slug, Action.SEE_AUDIT)
    verb = request.GET.get("verb", "").replace("\0", "")[:60]
    who = request.GET.get("who", "")
    actor = int(who) if who.isascii() and who.isdigit() and len(who) < 10 else None
    events = people.audit_log(access.project, verb=verb, actor=actor)
    page = Paginator(events, AUDIT_PAGE).get_page(request.GET.get("page"))
    chosen = {"verb": verb, "who": "" if actor is None else str(actor)}
    query = urlencode({name: text for name, text in chosen.items() if text})
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "rows": [(event, detail_in_words(event.detail)) for event in page.object_list],
        "verbs": people.audit_verbs(access.project),
        "actors": [(str(person.pk), person) for person in people.audit_actors(access.project)],
        "chosen": chosen,
        "query": f"{query}&" if query else "",
    }
    return render(request, "projects/audit.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's API tokens; a new one is shown once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = create_api_key(user=request.user, **form.cleaned_data).token
        reply = redirect("projects:tokens")
        return hand_over(reply, user=request.user, address=request.path, secret=token)
    fresh = handed_over(request)
    context = {
        "form": form,
        "tokens": people.tokens_of(request.user),
        "fresh_token": fresh,
        "base_url": site_address(),
    }
    status = 422 if form.errors else 200
    response = render(request, "projects/tokens.html", context, status=status)
    return drop(response, address=request.path) if fresh else response


@require_POST
def end_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Makes one of one's own tokens useless at once."""
    key = people.tokens_of(request.user).filter(pk=pk).first()
    key = require_row(key, _("You have no such token."))
    revoke_api_key(key=key)
    messages.success(request, _("The token “%(name)s” no longer works.") % {"name": key.name})
    return redirect("projects:tokens")


navigation = [
    Tab(
        key="members",
        url_name="projects:members",
        label=gettext_lazy("Members"),
        action=Action.SEE_MEMBERS,
        group=Group.PROJECT,
        position=90,
    ),
    Tab(
        key="audit",
        url_name="projects:audit",
        label=gettext_lazy("Audit log"),
        action=Action.SEE_AUDIT,
        group=Group.PROJECT,
        position=110,
    ),
]
urlpatterns = [
    path("account/tokens/", tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", end_token, name="token-revoke"),
    path("p/<slug:slug>/members/", members, name="members"),
    path("p/<slug:slug>/members/invite/", create_invitation, name="invite"),
    path("p/<slug:slug>/members/remind/", send_reminders, name="remind"),
    path("p/<slug:slug>/members/<int:pk>/", change_member, name="member"),
    path("p/<slug:slug>/members/<int:pk>/remove/", end_membership, name="member-remove"),
    path("p/<slug:slug>/invitations/<int:pk>/revoke/", end_invitation, name="invitation-revoke"),
    path("p/<slug:slug>/audit/", audit, name="audit"),
]
