import { expect, test } from 'bun:test'
import { processFacts } from '../../../src/cli/system/process-facts.ts'

test('the figures of the process are in the units that Prometheus expects (OP-M4)', () => {
  const { residentBytes, cpuSeconds, startSeconds, openFiles } = processFacts.figures()
  expect(processFacts.bun).toBe(Bun.version)
  // More than 10 MB, less than a minute of each core, and started within the last hour.
  expect(residentBytes).toBeGreaterThan(10_000_000)
  expect(cpuSeconds).toBeWithin(0.001, 3600)
  const now = Date.now() / 1000
  expect(startSeconds).toBeWithin(now - 3600, now)
  if (process.platform === 'linux') expect(openFiles).toBeGreaterThan(2)
})
