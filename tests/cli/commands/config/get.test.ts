import { describe, expect, test } from 'bun:test'
import { cli } from '../../../support/cli.ts'
import { homeWithConfig } from '../../../support/files.ts'

describe('config get', () => {
  test('prints only the value on standard output', async () => {
    const { folder } = homeWithConfig({ port: 5005, translation: { betas: ['a', 'b'] } })
    expect(await cli(['config', 'get', 'port'], {}, folder)).toEqual({ code: 0, out: '5005\n', err: '' })
    expect((await cli(['config', 'get', 'translation.betas'], {}, folder)).out).toBe('a,b\n')
    expect((await cli(['config', 'get', 'max_retries'], {}, folder)).out).toBe('2\n')
    expect(await cli(['config', 'get', 'model'], { NEXUS_MODEL: 'opus' }, folder, { isTerminal: true })).toEqual({
      code: 0,
      out: 'opus\n',
      err: 'from NEXUS_MODEL\n',
    })
  })

  test('prints only the names of the members of an object (SI-M3, SI-S5)', async () => {
    const { folder } = homeWithConfig({ signIn: { settings: { env: { A: 'canary' }, model: 'canary' } } })
    expect((await cli(['config', 'get', 'signIn.settings'], {}, folder)).out).toBe('env, model\n')
    for (const flags of [[], ['--json']]) {
      const { out, err } = await cli(['config', 'show', ...flags], {}, folder)
      expect(out).toContain('env, model')
      expect(out + err).not.toContain('canary')
    }
  })

  test('ends with exit code 1 without a value', async () => {
    expect(await cli(['config', 'get', 'apiKey'])).toEqual({ code: 1, out: '', err: 'apiKey is not set.\n' })
  })

  test('names the upstream that a stored setting is for (OU-T3)', async () => {
    const { folder } = homeWithConfig({ openai: { apiKey: 'sk-canary-0123456789', models: { big: 'glm' } } })
    for (const key of ['openai.apiKey', 'openai.models.big'])
      expect(await cli(['config', 'get', key], {}, folder)).toEqual({
        code: 1,
        out: '',
        err: `${key} is for upstream openai only; upstream is nexus.\n`,
      })
    const environment = { NEXUS_UPSTREAM: 'openai' }
    expect((await cli(['config', 'get', 'openai.models.big'], environment, folder)).out).toBe('glm\n')
    const { folder: empty } = homeWithConfig({})
    expect((await cli(['config', 'get', 'openai.apiKey'], environment, empty)).err).toBe('openai.apiKey is not set.\n')
  })
})
