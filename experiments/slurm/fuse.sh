#!/bin/sh
# Fuses a pair that is larger than memory on several nodes: sbatch experiments/slurm/fuse.sh pair.json 8GiB
# The folder of the results has to be one that all nodes see. Each rank keeps to the memory that is given and makes its
# share of the parts; the first puts them together. What was made stays: a job that is cut off goes on where it was.
#SBATCH --nodes=2 --ntasks-per-node=4 --cpus-per-task=8 --time=04:00:00 --requeue --open-mode=append

experiment=${1:?usage: sbatch fuse.sh EXPERIMENT.json MEMORY [OPTION...]}
memory=${2:?usage: sbatch fuse.sh EXPERIMENT.json MEMORY [OPTION...]}
shift 2
exec srun --mpi=pmix ./run_experiment "$experiment" --memory "$memory" --threads "${SLURM_CPUS_PER_TASK:-1}" \
  --quiet --resume "$@"
