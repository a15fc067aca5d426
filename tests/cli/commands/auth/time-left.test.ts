import { expect, test } from 'bun:test'
import { timeLeft } from '../../../../src/cli/commands/auth/time-left.ts'

test('the time left is in whole units, and a token of 8 h that is a second old has 8 h left (AU-O13)', () => {
  const second = 1000
  const cases = [
    [8 * 3600 - 1, '8 h'],
    [7.5 * 3600, '7 h'],
    [2 * 3600 - 60, '119 min'],
    [45 * 60 + 20, '45 min'],
    [20, '0 min'],
    [-20, '0 min'],
    [3 * 86_400, '3 d'],
    [40 * 3600, '40 h'],
  ] as const
  for (const [seconds, shown] of cases) expect([seconds, timeLeft(seconds * second, 0)]).toEqual([seconds, shown])
})
