# Fake servers for other containers: docker build -t avatarwire . && docker run --rm -p 7001-7004:7001-7004 -p 7100:7100 \
#     -e AVATARWIRE_CONTROL_TOKEN=a-token-of-your-own avatarwire
#
# Aliyun on 7001, Guiji on 7002 with MQTT on 7003, SenseTime on 7004, control on 7100. What else is to be said to
# `avatarwire serve` comes behind the name of the image; see docs/control.md.

FROM python:3.13-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir build==1.3.0
COPY pyproject.toml README.md LICENSE ./
COPY codecs codecs
COPY fakeserver fakeserver
COPY conformance conformance
RUN python -m build --wheel --outdir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "$(ls /wheels/avatarwire-*.whl)[cli,fakeserver,tls]" \
    && rm -rf /wheels \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin avatarwire
USER 10001
WORKDIR /tmp
ENV PYTHONUNBUFFERED=1
EXPOSE 7001 7002 7003 7004 7100
# Toxics may take the ports of the fakes down, so it is control that says whether the container can be used.
HEALTHCHECK --interval=2s --timeout=3s --start-period=20s --retries=5 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7100/readyz', timeout=2)"]
ENTRYPOINT ["avatarwire", "serve", "--host", "0.0.0.0", "--control-host", "0.0.0.0", "--control-port", "7100", "--port-aliyun", "7001", "--port-guiji", "7002", "--mqtt-port", "7003", "--port-sensetime", "7004"]
CMD ["--advertise", "localhost"]
