import { expect, test } from 'bun:test'
import { parseTasklist } from '../../../src/cli/system/process-name.ts'

test('parseTasklist reads the name in the output of tasklist', () => {
  expect(parseTasklist('"node.exe","9120","Console","1","50.000 K"\r\n')).toBe('node.exe')
  expect(parseTasklist('INFO: No tasks are running which match the specified criteria.\r\n')).toBeUndefined()
})
