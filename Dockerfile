# Threadpress in a container. In this folder:
#     docker build -t threadpress .
# Then in the folder of a site (docs/moving.md says more):
#     docker run --rm -v "$PWD":/site -u "$(id -u):$(id -g)" threadpress build
FROM python:3.13-slim
WORKDIR /threadpress
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY generator generator
COPY docs docs
COPY themes themes
RUN python -m pip install --no-cache-dir --constraint constraints.txt pip
RUN python -m pip install --no-cache-dir --require-hashes -r generator/commands/new/requirements.txt
RUN python -m pip install --no-cache-dir --no-deps --build-constraint constraints.txt .
WORKDIR /site
ENTRYPOINT ["threadpress"]
CMD ["--help"]
