#!/usr/bin/env bash
# Runs a Convoy command on YARN, the driver in the cluster: yarn.sh COMMAND [OPTION]...
# EXECUTORS: how many (default 4). SETTINGS: a file of Spark settings (default: cpu.conf beside this file).
# spark-submit is looked for on the PATH, Hadoop's settings in HADOOP_CONF_DIR.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
: "${HADOOP_CONF_DIR:?names the folder of core-site.xml and yarn-site.xml}"
command -v spark-submit >/dev/null || { echo "yarn.sh: spark-submit was not found: put Spark's bin on the PATH." >&2; exit 1; }
exec spark-submit --master yarn --deploy-mode cluster --name "convoy ${1:-}" --num-executors "${EXECUTORS:-4}" \
  --properties-file "${SETTINGS:-$here/cpu.conf}" --class convoy.driver.Main "$here/../target/convoy.jar" "$@"
