import { describe, expect, test } from 'bun:test'
import { outputOf } from '../../../src/cli/system/run-program.ts'

describe('what a program prints', () => {
  const deadlineMs = 10_000
  const program = (script: string): string[] => [process.execPath, '-e', script]

  test('where it ends well, in the environment that is given', async () => {
    expect(
      await outputOf(program('console.log(process.env.WORD)'), { environment: { WORD: 'said' }, deadlineMs }),
    ).toBe('said\n')
  })

  test('nothing where it is not there, fails, or takes too long', async () => {
    expect(await outputOf(['/nowhere/program'], { deadlineMs })).toBeUndefined()
    expect(await outputOf(program('console.log(1); process.exit(3)'), { deadlineMs })).toBeUndefined()
    expect(await outputOf(program('setInterval(() => {}, 1000)'), { deadlineMs: 50 })).toBeUndefined()
  })
})
