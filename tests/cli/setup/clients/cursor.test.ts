import { expect, test } from 'bun:test'
import { setupHome } from '../../../support/client-setup.ts'

test('setup cursor is refused with the reason, and names the way that works', async () => {
  const { run, files } = setupHome()
  const { code, err } = await run('cursor')
  expect(code).toBe(2)
  expect(err).toContain("Cursor's own servers send requests with a custom key, and cannot reach this machine.")
  expect(err).toContain('nexus-claude-api setup vscode')
  expect((await run('cursor', '--undo')).code).toBe(0)
  expect(files()).toEqual({})
})
