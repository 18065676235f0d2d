"""Celery's doors to mails and to what is swept."""

from __future__ import annotations

from celery import shared_task

from projects.services import mail, throttle


@shared_task(name=mail.TASK)
def send_mail(mail_id: int) -> None:
    """Sends one mail."""
    mail.send_queued_mail(mail_id=mail_id)


@shared_task(name="projects.jobs.sweep_accounts")
def sweep_accounts() -> None:
    """Sends mails that are due, and forgets attempts that no longer count."""
    mail.send_due_mails()
    throttle.forget_old_attempts()
