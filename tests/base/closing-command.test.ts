import { expect, test } from 'bun:test'
import { closingCommand } from '../../src/base/closing-command.ts'

test('the command that closes a file quotes its path, but not the home folder', () => {
  expect(closingCommand('~/a b/$x.json')).toBe('chmod 600 ~/a\\ b/\\$x.json')
  expect(closingCommand('/team:4141.credentials.json')).toBe('chmod 600 /team:4141.credentials.json')
})
