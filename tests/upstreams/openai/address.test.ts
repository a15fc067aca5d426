import { describe, expect, test } from 'bun:test'
import { chatUrl, isAzure, modelsUrl } from '../../../src/upstreams/openai/address.ts'

const plain = { apiVersion: undefined }
const version = { apiVersion: '2024-10-21' }

describe('the address of Chat Completions', () => {
  test.each([
    ['https://api.openai.com/v1', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.deepseek.com', 'https://api.deepseek.com/v1/chat/completions'],
    ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['http://127.0.0.1:11434/', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['https://api.z.ai/api/paas/v4', 'https://api.z.ai/api/paas/v4/chat/completions'],
    ['https://host/x/chat/completions', 'https://host/x/chat/completions'],
    ['https://host/v1?key=a%2Fb', 'https://host/v1/chat/completions?key=a%2Fb'],
    ['https://host/chat/completions?tier=2', 'https://host/chat/completions?tier=2'],
  ])('is made from the base URL %s (OU-T1)', (baseUrl, url) => {
    expect(chatUrl(baseUrl, 'gpt-4.1', plain)).toBe(url)
  })

  test.each([
    [
      'https://mine.openai.azure.com',
      version,
      'https://mine.openai.azure.com/openai/deployments/my%2Fmodel/chat/completions?api-version=2024-10-21',
    ],
    [
      'https://mine.openai.azure.com/openai/v1/',
      version,
      'https://mine.openai.azure.com/openai/deployments/my%2Fmodel/chat/completions?api-version=2024-10-21',
    ],
    ['https://mine.openai.azure.com/', plain, 'https://mine.openai.azure.com/openai/v1/chat/completions'],
    ['https://mine.openai.azure.com/openai/v1', plain, 'https://mine.openai.azure.com/openai/v1/chat/completions'],
    [
      'https://proxy.corp/azure',
      version,
      'https://proxy.corp/azure/openai/deployments/my%2Fmodel/chat/completions?api-version=2024-10-21',
    ],
    [
      'https://mine.openai.azure.com/openai/deployments/prod-4o',
      version,
      'https://mine.openai.azure.com/openai/deployments/prod-4o/chat/completions?api-version=2024-10-21',
    ],
    [
      'https://mine.openai.azure.com/openai/deployments/prod-4o/chat/completions?api-version=2023-05-15',
      plain,
      'https://mine.openai.azure.com/openai/deployments/prod-4o/chat/completions?api-version=2023-05-15',
    ],
  ])('follows Azure for %s (OU-T2)', (baseUrl, azure, url) => {
    expect(chatUrl(baseUrl, 'my/model', azure)).toBe(url)
  })

  test('knows Azure by its hosts, or by the version of its API (OU-T2)', () => {
    expect(isAzure('https://mine.openai.azure.com', plain)).toBe(true)
    expect(isAzure('https://proxy.corp', version)).toBe(true)
    expect(isAzure('https://openai.azure.com.evil.example', plain)).toBe(false)
    expect(isAzure('https://api.openai.com/v1', plain)).toBe(false)
  })

  test.each([
    ['https://api.openai.com/v1', plain, 'https://api.openai.com/v1/models'],
    ['https://host/x/chat/completions', plain, 'https://host/x/models'],
    ['http://127.0.0.1:1234', plain, 'http://127.0.0.1:1234/v1/models'],
    ['https://mine.openai.azure.com', plain, 'https://mine.openai.azure.com/openai/v1/models'],
    ['https://mine.openai.azure.com', version, 'https://mine.openai.azure.com/openai/models?api-version=2024-10-21'],
  ])('finds the list of models next to %s (OU-T1)', (baseUrl, azure, url) => {
    expect(modelsUrl(baseUrl, azure)).toBe(url)
  })
})
