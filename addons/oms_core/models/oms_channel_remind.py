from datetime import timedelta

from odoo import fields, models

# One failure is nothing and is tried again; what lasts is somebody's task, and after half an hour a problem and a mail.
REMIND_AFTER = timedelta(minutes=10)
TASK = "mail.mail_activity_data_warning"


class OmsChannel(models.Model):
    """A channel that fails for some minutes is put before one person as a task, which ends when it answers again."""

    _name = "oms.channel"
    _inherit = ["oms.channel", "mail.activity.mixin"]

    def _note_failure(self, entity, error):
        super()._note_failure(entity, error)
        state = self._state(entity)
        since = state.failing_since
        if self.state == "live" and since and fields.Datetime.now() - since >= REMIND_AFTER:
            self._remind(entity, state.message)

    def _note_recovery(self, entity):
        super()._note_recovery(entity)
        self._tasks(entity).unlink()

    def _remind(self, entity, message):
        """Give the task to whoever looks after this channel, once for as long as it lasts."""
        if self._tasks(entity):
            return
        managers = self.env.ref("oms_core.group_oms_manager").sudo().all_user_ids  # sudo: whose task it is
        people = (self.alert_user_ids or managers).filtered(
            lambda user: (
                user.active
                and not user._is_superuser()
                and self.company_id in user.company_ids
                and user.has_group("oms_core.group_oms_clerk")
            )
        )
        if people:
            summary = self._task_summary(entity)
            quiet = self.sudo().with_context(
                mail_activity_quick_update=True
            )  # sudo: the system; it sends its own mails
            quiet.activity_schedule(TASK, summary=summary, note=message, user_id=people[0].id)

    def _tasks(self, entity):
        """Return the open tasks about one part of the channel."""
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("summary", "=", self._task_summary(entity)),
        ]
        return self.env["mail.activity"].sudo().search(domain)  # sudo: whoever finds that it answers again

    def _task_summary(self, entity):
        # Not translated: it is looked up again by whoever runs the next job.
        return f"OMS: {entity}"
