import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createHandedOutToken } from '../../../../src/upstreams/anthropic/credentials/handed-out-token.ts'
import { temporaryFolder } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'

describe('the token in a folder of client setup', () => {
  test('is recognized, also after a change (AU-K5, AU-C3)', async () => {
    const path = join(temporaryFolder(), '.credentials.json')
    const isHandedOut = createHandedOutToken(path, async () => {})
    expect(await isHandedOut('ours')).toBe(false)
    writeFile(path, { claudeAiOauth: { accessToken: 'ours' } })
    expect([await isHandedOut('ours'), await isHandedOut('other')]).toEqual([true, false])
    writeFile(path, { claudeAiOauth: { accessToken: 'changed' } })
    expect([await isHandedOut('ours'), await isHandedOut('changed')]).toEqual([false, true])
  })

  test.each(['{', '[]', '{"claudeAiOauth":1}', '{"claudeAiOauth":{"accessToken":1}}'])(
    'is absent in a file of another form: %s',
    async (text) => {
      const path = writeFile(join(temporaryFolder(), '.credentials.json'), text)
      expect(await createHandedOutToken(path, async () => {})('undefined')).toBe(false)
    },
  )

  test('is absent if the folder cannot be searched', async () => {
    const file = writeFile(join(temporaryFolder(), 'file'), '')
    expect(await createHandedOutToken(join(file, '.credentials.json'), async () => {})('ours')).toBe(false)
  })
})
