import type { Command } from '../parse/command.ts'

/** `start --workers` runs this command as its child processes. */
export const workerCommand: Command = {
  name: 'worker',
  isHidden: true,
  description: 'Serve as one of the processes of start --workers, which starts this command',
  args: {},
  examples: [],
  async run(_given, io) {
    const { runWorker } = await import('../workers/worker.ts')
    return runWorker(io)
  },
}
