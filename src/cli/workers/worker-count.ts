import type { Config } from '../../config/load.ts'

/** Decides how many processes serve (OP-K7). */

export interface WorkerCount {
  readonly count: number
  /** Why there are fewer than configured. */
  readonly warning?: string
}

/** `cores`: those that this process may use, also in a container with fewer than the machine. */
export const workerCountOf = (config: Pick<Config, 'workers'>, platform: string, cores: number): WorkerCount => {
  const { workers } = config
  if (workers === 1) return { count: 1 }
  if (platform !== 'linux')
    return { count: 1, warning: 'workers: only Linux shares a port between processes. The server uses one process.' }
  if (workers <= cores) return { count: workers }
  const words =
    cores === 1 ? 'one core. The server uses one process.' : `${cores} cores. The server uses ${cores} processes.`
  return {
    count: cores,
    warning: `workers: ${workers} processes need as many cores, and this program may use ${words}`,
  }
}

/** The part of a limit for one of `count` workers, so that all of them together keep it. */
const share = (limit: number, count: number): number => Math.ceil(limit / count)

/** The configuration of one of `count` workers. The parent keeps the figures of all of them. */
export const workerConfig = (config: Config, count: number): Config => {
  const { concurrency, history } = config
  const { max, queue } = concurrency
  return {
    ...config,
    metrics: 'off',
    dashboard: false,
    history: { ...history, enabled: false },
    concurrency: { ...concurrency, max: max === undefined ? undefined : share(max, count), queue: share(queue, count) },
  }
}
