import { describe, expect, test } from 'bun:test'
import { type ModelNames, mapModel } from '../../../src/upstreams/openai/model-map.ts'

const none: ModelNames = { modelMap: new Map(), big: undefined, middle: undefined, small: undefined, vision: undefined }
const sized: ModelNames = { ...none, big: 'big/B', middle: 'mid/M', small: 'small/S', vision: 'see/V' }

describe('mapping of model names (OU-R1)', () => {
  test('the family in the name decides, in any case, and [1m] is cut first', () => {
    const names = [
      'claude-haiku-4-5',
      'Claude-SONNET-4-6[1m]',
      'claude-opus-4-6',
      'claude-3-5-haiku-20241022',
      'sonnet',
    ]
    expect(names.map((name) => mapModel(name, sized))).toEqual(['small/S', 'mid/M', 'big/B', 'small/S', 'mid/M'])
  })

  test('the exact map comes first', () => {
    const names = {
      ...sized,
      modelMap: new Map([
        ['claude-opus-4-6', 'gpt-5'],
        ['gpt-4', 'other'],
      ]),
    }
    expect(mapModel('claude-opus-4-6[1m]', names)).toBe('gpt-5')
    expect(mapModel('gpt-4', names)).toBe('other')
    expect(mapModel('claude-opus-4-5', names)).toBe('big/B')
  })

  test.each(['gpt-4o', 'o1-mini', 'ep-2024', 'doubao-pro', 'deepseek-chat'])('%s stays unchanged', (name) => {
    expect(mapModel(name, sized)).toBe(name)
  })

  test('a configured model stays unchanged', () => {
    expect(['small/S', 'see/V', 'mid/M'].map((name) => mapModel(name, sized))).toEqual(['small/S', 'see/V', 'mid/M'])
  })

  test('an unknown name becomes the big model, and stays unchanged without one', () => {
    expect(mapModel('llama-3', sized)).toBe('big/B')
    expect(mapModel('llama-3', none)).toBe('llama-3')
    expect(mapModel('claude-sonnet-4-6', none)).toBe('claude-sonnet-4-6')
  })

  test('the big model replaces an unset middle or small model', () => {
    const names = { ...none, big: 'big/B' }
    expect(['claude-haiku-4-5', 'claude-sonnet-4-6'].map((name) => mapModel(name, names))).toEqual(['big/B', 'big/B'])
  })
})
