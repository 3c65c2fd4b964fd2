#!/bin/sh
# Trains on several nodes: sbatch experiments/slurm/train.sh experiments/aviris.json
# The folder of the results has to be one that all nodes see. Ranks share out the tiles of each batch; `train.tiles` has
# to be at least their number. SIGTERM, a minute before the time is over, makes a checkpoint; the job is then put back in
# the queue, and goes on from there with whatever number of ranks it gets.
#SBATCH --nodes=2 --ntasks-per-node=4 --cpus-per-task=8 --time=08:00:00
#SBATCH --requeue --open-mode=append --signal=B:TERM@60

experiment=${1:?usage: sbatch train.sh EXPERIMENT.json [OPTION...]}
shift
srun --mpi=pmix ./run_experiment "$experiment" --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet --resume "$@" &
job=$!
# srun would kill its tasks at a TERM of its own; scancel hands it on to them.
trap 'scancel --signal=TERM "$SLURM_JOB_ID"; wait $job; scontrol requeue "$SLURM_JOB_ID"; exit 0' TERM
wait $job
