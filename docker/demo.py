"""The demo profile's data: filled in once, afterwards only tied to the sandbox again. Read by ``odoo shell``."""

import os

from tools import demo_channels, demo_setup

env = globals()["env"]  # set by odoo shell
if not env["oms.channel"].search_count([]):
    demo_setup.build(env)
    demo_channels.build_file_channel(env)
    demo_channels.stage(os.environ["OMS_SANDBOX_URL"])
demo_channels.connect(env, os.environ["OMS_SANDBOX_URL"])
env.cr.commit()  # odoo shell leaves it to its script
