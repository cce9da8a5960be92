FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

RUN useradd --system --uid 10001 --home-dir /srv/cairn --shell /usr/sbin/nologin cairn \
    && install --directory --owner cairn --group cairn /var/lib/cairn

WORKDIR /srv/cairn

COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.txt

COPY manage.py ./
COPY scripts/probe.py scripts/probe.py
COPY config config
COPY api api
COPY wallets wallets
COPY credentials credentials
COPY enrollment enrollment
COPY catalog catalog
COPY notifications notifications
COPY accounts accounts
COPY lib lib
COPY templates templates
COPY locale locale
COPY static static

ENV CAIRN_ENV=production \
    CAIRN_DATA=/var/lib/cairn \
    CAIRN_STATIC_ROOT=/srv/cairn/collected \
    HOST=0.0.0.0 \
    PORT=8000

# Settings refuse to load without their secrets, and collecting files needs none of them.
RUN SECRET_KEY=build CAIRN_KEY_ENCRYPTION_KEY=build CAIRN_BASE_URL=https://build.invalid \
    DATABASE_URL=postgres://build.invalid/build REDIS_URL=redis://build.invalid \
    python manage.py collectstatic --noinput

USER cairn
VOLUME /var/lib/cairn
EXPOSE 8000

HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "scripts/probe.py", "http://127.0.0.1:8000/healthz"]

CMD ["gunicorn", "--config", "python:config.gunicorn"]
