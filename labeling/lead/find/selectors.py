"""What a word or two may mean in a project: tasks and pages."""

from __future__ import annotations

from labeling.lead.tasks.filters import Play, TaskFilter, find_tasks
from labeling.lead.tasks.rows import prompt_excerpt
from labeling.lead.tasks.stretches import is_long, read_on
from labeling.models import Task
from projects.models import Project
from projects.navigation import Tab, tabs_of


def task_called(project: Project, name: str) -> Task | None:
    """The task of exactly that id, or None."""
    return Task.objects.filter(project=project, external_id=name).select_related("prompt").first()


def tasks_about(project: Project, words: str, *, most: int) -> list[tuple[Task, str]]:
    """Tasks whose id or prompt has the words, each with the start of its prompt; its id first.

    Of a large project those that a short while of reading finds.
    """
    wanted = TaskFilter(search=words, play=Play.ANY)
    if is_long(project):
        tasks = read_on(project, wanted, start=0, size=most).tasks
    else:
        tasks = list(find_tasks(project, wanted)[:most])
    exact = task_called(project, words)
    if exact is not None:
        tasks = [exact, *(task for task in tasks if task.pk != exact.pk)][:most]
    return [(task, prompt_excerpt(task.prompt.messages)) for task in tasks]


def pages_called(role: str, words: str) -> list[Tab]:
    """The pages of that role whose name or group has the words."""
    words = words.casefold()
    return [
        tab
        for tab in tabs_of(role)
        if words in f"{tab.full_name} {tab.label} {tab.group.label}".casefold()
    ]
