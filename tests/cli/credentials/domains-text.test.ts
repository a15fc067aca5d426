import { expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readSetUp } from '../../../src/cli/config/set-up.ts'
import { domainsText } from '../../../src/cli/credentials/domains-text.ts'
import type { Flags } from '../../../src/cli/parse/parsed-arguments.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const home = temporaryFolder()
const io = testIo({ home, currentDirectory: home })
const textFor = async (flags: Flags) => domainsText(await readSetUp(flags, io), io)

const write = (folder: string, domain: string, content: object): string =>
  writeFile(join(home, folder, `${domain}.credentials.json`), JSON.stringify(content))

test('the banner has the folder of credentials and the number of its valid files (AU-D3)', async () => {
  const flags = { upstream: 'anthropic', 'credentials-dir': '~/keys' }
  expect(await textFor(flags)).toBe('~/keys (it does not exist)')
  mkdirSync(join(home, 'keys'))
  expect(await textFor(flags)).toBe('0 valid files in ~/keys')
  write('keys', 'a.example', { type: 'api_key', api_key: 'canary' })
  expect(await textFor(flags)).toBe('1 valid file in ~/keys')
  write('keys', 'b.example', { type: 'api_key', api_key: 'canary' })
  write('keys', 'c.example', { type: 'api_key' })
  expect(await textFor(flags)).toBe('2 valid files in ~/keys, 1 invalid')
})

test('the banner counts the files that requests cannot use because OAuth is off (AU-D3, AU-T2)', async () => {
  const flags = { upstream: 'anthropic', 'credentials-dir': '~/oauth' }
  write('oauth', 'a.example', { type: 'api_key', api_key: 'canary' })
  write('oauth', 'b.example', { type: 'oauth', oauth: { accessToken: 'canary', expiresAt: 1 } })
  expect(await textFor(flags)).toBe('2 valid files in ~/oauth, 1 of them with OAuth, which is off (--allow-oauth)')
  expect(await textFor({ ...flags, 'allow-oauth': true })).toBe('2 valid files in ~/oauth')
})

test('there is none without a folder, and none for a simulation (AU-D3)', async () => {
  expect(await textFor({ upstream: 'anthropic' })).toBeUndefined()
  expect(await textFor({ upstream: 'anthropic', 'credentials-dir': '~/keys', simulate: true })).toBeUndefined()
  expect(await textFor({})).toBeUndefined()
})
