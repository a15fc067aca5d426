import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secret } from '../../../src/base/secret.ts'
import type { Config } from '../../../src/config/load.ts'
import { settings } from '../../../src/config/settings/settings.ts'

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

describe('the type of the configuration', () => {
  test('follows the table of settings: the compiler refuses a setting of another type', () => {
    const types: [
      IsSame<Config['port'], number>,
      IsSame<Config['host'], string>,
      IsSame<Config['port'], Config['host']>,
      IsSame<Config['allowHttp'], boolean>,
      IsSame<Config['apiKey'], Secret | undefined>,
      IsSame<Config['gatewayMode'], 'auto' | 'on' | 'off'>,
      IsSame<Config['apiKeyCommandMaxAge'], number | undefined>,
      IsSame<Config['logging']['file'], string | undefined>,
      IsSame<Config['logging']['format'], 'text' | 'json' | 'json-snake'>,
      IsSame<Config['translation']['betas'], readonly string[]>,
      IsSame<Config['bedrock']['latency'], 'standard' | 'optimized' | undefined>,
      IsSame<Config['bedrock']['guardrailMode'], 'sync' | 'async'>,
    ] = [true, true, false, true, true, true, true, true, true, true, true, true]
    expect(types).toHaveLength(12)
  })
})

const root = join(import.meta.dir, '..', '..', '..', 'src')
const readers = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(
    (name) =>
      name.endsWith('.ts') &&
      !/^config[/\\](?!audits-cache|sign-in|client-|cors|limits|otel|reports|request-class)/.test(name),
  )
  .map((name) => readFileSync(join(root, name), 'utf8'))

/** Objects that have the members of a group under another name: the translation reads its settings as its policy. */
const groupAlias: Readonly<Record<string, string>> = { translation: 'policy', slack: 'general' }

/**
 * Whether a source file reads a setting, as a member (`config.port`, `translation.pdf`) or by destructuring
 * (`{ port } = config`, `{ logging: { level } }: Config`).
 */
const isRead = (key: string, sources = readers): boolean => {
  const [group, member] = key.split('.')
  const name = member ?? group
  const owner = member === undefined ? 'config' : [group, groupAlias[group ?? '']].filter(Boolean).join('|')
  const asMember = new RegExp(String.raw`\b(?:${owner})\??\.${name}\b`)
  const taken = new RegExp(String.raw`[{,]\s*${name}\b[^;=()]*\}\s*(?:=\s*[\w.]*\b(?:${owner})\b|: Config\b)`)
  return sources.some((text) => asMember.test(text) || taken.test(text))
}

describe('the settings', () => {
  test('are each read by the program: a setting without an effect is an error', () => {
    // The code that finds the key reads apiKeyCommand, before there is a configuration.
    const unread = settings.map(({ key }) => key).filter((key) => key !== 'apiKeyCommand' && !isRead(key))
    expect(unread).toEqual([])
  })

  test('are read only by code that takes them out of the configuration', () => {
    const reads = ['config.port', '{ host, port }: Config', 'const { port, host } = setUp.config', 'config?.port']
    for (const read of reads) expect([read, isRead('port', [read])]).toEqual([read, true])
    for (const other of ['url.port', '{ port }: URL', 'config.portal', 'config.host'])
      expect([other, isRead('port', [other])]).toEqual([other, false])
    expect(isRead('translation.pdf', ['policy.pdf === "text"'])).toBe(true)
    expect(isRead('translation.pdf', ['policy.pdfs', 'config.pdf'])).toBe(false)
  })
})
