"""Who sits at the desk in the tests of screens, and jobs without a job runner."""

from odoo import SUPERUSER_ID
from odoo.tests import new_test_user


def add_desk_users(cls):
    """Give a test class a clerk and a manager of the order desk, and somebody from the warehouse."""
    clerk_groups = "base.group_user,oms_core.group_oms_clerk,stock.group_stock_user"
    cls.clerk = new_test_user(cls.env, "full_clerk", groups=clerk_groups)
    cls.manager = new_test_user(cls.env, "full_manager", groups="base.group_user,oms_core.group_oms_manager")
    cls.picker = new_test_user(cls.env, "full_picker", groups="base.group_user,stock.group_stock_user")


def run_jobs_at_once(case):
    """Do each job where it is queued: a browser test has no job runner. What is to wait is left out."""

    def run(records, method, *args, **options):
        if not options.get("eta"):
            getattr(records.with_user(SUPERUSER_ID), method)(*args)

    case.patch(case.env.registry["oms.job.mixin"], "_oms_enqueue", run)
