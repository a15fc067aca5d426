import { describe, expect, test } from 'bun:test'
import { cellsOf, parseResult, toJson } from '../../scripts/matrix/result.ts'
import { cells, feature, pass, result } from '../support/matrix-results.ts'

const healed = { status: 'healed', reason: 'Nexus refused: no' } as const
const made = result([feature('tool_use', cells(pass, pass, healed))])

describe('matrix.json (MX-R5, MX-C5)', () => {
  test("has the member names of LiteLLM's file at the top, and the newest version in providers", () => {
    const { features, ...top } = JSON.parse(toJson(made))
    expect(Object.keys(top).slice(0, 5)).toEqual([
      'schema_version',
      'generated_at',
      'nexus_claude_api_version',
      'claude_code_version',
      'providers',
    ])
    expect(features[0]).toMatchObject({
      id: 'tool_use',
      name: 'The feature tool_use',
      providers: { nexus_lenient: pass, nexus_strict: pass, nexus_poor: healed },
    })
    expect(Object.keys(top)).toEqual(expect.arrayContaining(['versions', 'models', 'flaky', 'durationMs', 'commit']))
  })

  test('is read again as it was written', () => {
    expect(parseResult(toJson(made))).toEqual(made)
  })

  test.each([
    ['', 'it is not JSON'],
    [toJson(made).slice(0, 200), 'it is not JSON'],
    ['{}', '/schema_version'],
    [toJson(made).replace('"healed"', '"fine"'), '/features/0/providers/nexus_poor'],
  ])('is refused if it is damaged', (text, message) => {
    expect(() => parseResult(text)).toThrow(message)
  })

  test('has the cells of each version', () => {
    const [row = feature('', cells(pass))] = made.features
    expect(cellsOf(made, row, '2.1.332')?.nexus_poor).toEqual(healed)
    expect(cellsOf(made, row, '2.1.197')?.nexus_poor).toEqual(pass)
    expect(cellsOf(made, row, '2.1.1')).toBeUndefined()
  })
})
