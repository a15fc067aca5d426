import { describe, expect, test } from 'bun:test'
import { isInForeground } from '../../../src/cli/system/foreground.ts'

describe('isInForeground', () => {
  test('is false for a process without a terminal, and true on Windows, which has no background (SI-P1)', async () => {
    expect(isInForeground('win32')).toBe(true)
    // A new session has no terminal.
    const script = `import { isInForeground } from ${JSON.stringify(`${import.meta.dir}/../../../src/cli/system/foreground.ts`)}
      console.log(isInForeground(process.platform))`
    const child = Bun.spawn([process.execPath, '-e', script], { detached: true, stdin: 'ignore', stdout: 'pipe' })
    expect(await new Response(child.stdout).text()).toBe('false\n')
  })
})
