import { describe, expect, test } from 'bun:test'
import { parseDuration } from '../../../src/cli/parse/duration.ts'

describe('a duration', () => {
  test.each([
    ['0', 0],
    ['0h', 0],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    [' 7d ', 604_800_000],
    ['2w', 1_209_600_000],
  ])('%s is %d ms (OP-A5)', (text, milliseconds) => {
    expect(parseDuration(text, '--grace')).toBe(milliseconds)
  })

  test.each(['', '24', 'h', '1.5h', '-1h', '24 h', '1y', '9999999h'])('%p is refused (OP-A5)', (text) => {
    expect(() => parseDuration(text, '--grace')).toThrow('--grace must be a number and a unit, like 30m, 24h or 7d.')
  })
})
