import { describe, expect, test } from 'bun:test'
import { startChatSimulator } from '../../../src/simulator/openai-chat/server.ts'
import { afterTest } from '../../support/cleanup.ts'
import { doctor } from '../../support/doctor.ts'

const key = 'canary-key-0123456789'
const checks = ['provider', 'model', 'small-model', 'streaming', 'tools', 'usage', 'images', 'thinking']

const examine = (face: 'strict' | 'deepseek' | 'ollama', flags: readonly string[]) => {
  const simulator = startChatSimulator({ face, ...(face !== 'ollama' && { apiKey: key }) })
  afterTest(() => simulator.stop())
  const environment = { NEXUS_UPSTREAM: 'openai', OPENAI_BASE_URL: `${simulator.url}/v1` }
  return doctor(flags, environment)
}

describe('doctor with --upstream openai (OU section 7)', () => {
  test('reports the provider, and tests the models and what Claude Code needs', async () => {
    const { of } = await examine('strict', ['--provider', 'openai', '--model', 'gpt-4.1', '--api-key', key])
    expect(checks.map((id) => [id, of(`openai.${id}`).status])).toEqual(
      checks.map((id) => [id, id === 'thinking' ? 'info' : 'ok']),
    )
    expect(of('openai.provider').detail).toContain('openai (by --provider), http://127.0.0.1:')
    expect(of('openai.model').detail).toStartWith('claude-sonnet-4-6 is gpt-4.1, which answers')
  })

  test('an unknown model has a remedy', async () => {
    const { of } = await examine('strict', ['--provider', 'openai', '--model', 'nope', '--api-key', key])
    expect(of('openai.model')).toMatchObject({
      status: 'fail',
      remedy: 'Check the name of the model and the base URL: --model, --model-map, --openai-url.',
    })
  })

  test('a wrong key has a remedy, and is not printed', async () => {
    const wrong = 'sk-wrong-0123456789'
    const { of, said } = await examine('deepseek', [
      '--provider',
      'deepseek',
      '--model',
      'deepseek-chat',
      '--api-key',
      wrong,
    ])
    expect(of('openai.model')).toMatchObject({ status: 'fail', data: { error: 'authentication_error' } })
    expect(said).not.toContain(wrong)
  })

  test('a server on this machine needs no key', async () => {
    const { of } = await examine('ollama', ['--provider', 'ollama', '--model', 'qwen3:8b'])
    expect(of('key.present')).toMatchObject({ status: 'info' })
    expect(of('openai.model').status).toBe('ok')
  })

  test('no text names AI Nexus (OU section 7)', async () => {
    const { said } = await examine('strict', ['--provider', 'openai', '--model', 'gpt-4.1', '--api-key', key])
    expect(said).not.toContain('AI Nexus')
  })

  test('a missing key is named with the server that wants it', async () => {
    const { of } = await doctor(['--upstream', 'openai', '--offline'])
    expect(of('key.present').detail).toStartWith('No api.openai.com key.')
    expect(of('openai.model')).toMatchObject({ status: 'skip', detail: '--offline: no requests' })
  })
})
