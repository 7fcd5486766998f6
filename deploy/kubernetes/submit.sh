#!/usr/bin/env bash
# Runs a Convoy command on Kubernetes, the driver in a pod: submit.sh COMMAND [OPTION]...
# KUBERNETES: the API server, https://HOST:PORT. IMAGE: made by the Dockerfile beside this file. EXECUTORS: how many (default 4).
# SETTINGS: a file of Spark settings (default: cpu.conf); with gpu.conf, executors ask for a GPU each by gpu-executor.yaml.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
: "${KUBERNETES:?names the API server: https://HOST:PORT}" "${IMAGE:?names the image}"
command -v spark-submit >/dev/null || { echo "submit.sh: spark-submit was not found: put Spark's bin on the PATH." >&2; exit 1; }
settings=${SETTINGS:-$here/../clusters/cpu.conf}
executor=$here/cpu-executor.yaml
gpu=()
if grep -q '^spark.executor.resource.gpu.amount' "$settings"; then
  executor=$here/gpu-executor.yaml
  gpu=(--conf spark.executor.resource.gpu.vendor=nvidia.com)
fi
exec spark-submit --master "k8s://$KUBERNETES" --deploy-mode cluster --name "convoy-${1:-}" \
  --properties-file "$settings" ${gpu[@]+"${gpu[@]}"} \
  --conf spark.executor.instances="${EXECUTORS:-4}" \
  --conf spark.kubernetes.namespace="${NAMESPACE:-default}" \
  --conf spark.kubernetes.authenticate.driver.serviceAccountName="${SERVICE_ACCOUNT:-spark}" \
  --conf spark.kubernetes.container.image="$IMAGE" \
  --conf spark.kubernetes.driver.podTemplateFile="$here/driver.yaml" \
  --conf spark.kubernetes.executor.podTemplateFile="$executor" \
  --class convoy.driver.Main local:///opt/convoy/convoy.jar "$@"
