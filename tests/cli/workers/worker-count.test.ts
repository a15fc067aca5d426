import { describe, expect, test } from 'bun:test'
import { workerConfig, workerCountOf } from '../../../src/cli/workers/worker-count.ts'
import { defaultConfig } from '../../support/chain.ts'

describe('the number of workers', () => {
  test.each([
    [1, 'linux', 8, 1, undefined],
    [4, 'linux', 8, 4, undefined],
    [4, 'linux', 2, 2, 'may use 2 cores. The server uses 2 processes.'],
    [4, 'linux', 1, 1, 'may use one core. The server uses one process.'],
    [4, 'darwin', 8, 1, 'only Linux shares a port'],
    [1, 'win32', 8, 1, undefined],
  ])('%p workers on %s with %p cores (OP-K7)', (workers, platform, cores, count, words) => {
    const found = workerCountOf({ workers }, platform, cores)
    expect(found.count).toBe(count)
    if (words === undefined) expect(found.warning).toBeUndefined()
    else expect(found.warning).toContain(words)
  })
})

describe('the configuration of a worker', () => {
  test('leaves to the parent what all workers share (OP-K7)', () => {
    const config = {
      ...defaultConfig,
      metrics: 'on',
      dashboard: true,
      history: { ...defaultConfig.history, enabled: true },
    } as const
    const { metrics, dashboard, history } = workerConfig(config, 2)
    expect([metrics, dashboard, history.enabled]).toEqual(['off', false, false])
  })

  test('has its part of the places and of the queue, rounded up (OP-K7)', () => {
    const { concurrency } = defaultConfig
    expect(workerConfig(defaultConfig, 4).concurrency).toEqual(concurrency)
    const limited = { ...defaultConfig, concurrency: { ...concurrency, max: 10, queue: 4 } }
    expect(workerConfig(limited, 4).concurrency).toEqual({ ...concurrency, max: 3, queue: 1 })
  })
})
