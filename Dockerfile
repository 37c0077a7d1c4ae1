# The official Odoo 19 image, with our addons and what they need.
FROM odoo:19
USER root
# Into a folder of its own: nothing of the image's Python changes, and queue_job is found there as odoo.addons.queue_job,
# whichever Python the image has. The list is complete and pinned, so pip need not look at the versions of Odoo's own.
COPY requirements.txt /opt/oms/
RUN pip3 install --no-cache-dir --no-deps --target /opt/oms/lib -r /opt/oms/requirements.txt \
    && install -d -o odoo -g odoo -m 700 /var/lib/oms /var/lib/oms-sandbox
COPY docker/odoo.conf /etc/odoo/odoo.conf
COPY docker/entrypoint.sh docker/demo.py /opt/oms/docker/
COPY tools/__init__.py tools/demo_channels.py tools/demo_setup.py /opt/oms/tools/
COPY sandbox /opt/oms/sandbox
COPY addons /opt/oms/addons
ENV PYTHONPATH=/opt/oms/lib:/opt/oms OMS_SECRET_KEY_FILE=/var/lib/oms/secret.key
WORKDIR /opt/oms
USER odoo
ENTRYPOINT ["/opt/oms/docker/entrypoint.sh"]
CMD ["odoo"]
