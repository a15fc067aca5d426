import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ToolIdentity } from '../../../src/translate/openai-entrance/answer-plan.ts'
import { ToolNames } from '../../../src/translate/openai-responses-entrance/tool-names.ts'

const member = (namespace: string, name: string): ToolIdentity => ({ kind: 'function', name, namespace })
const plain = (name: string): ToolIdentity => ({ kind: 'function', name })

describe('the canonical names of tools', () => {
  test('a namespace is a prefix, and the answer gets the pair back (OE-R22)', () => {
    const names = new ToolNames()
    expect(names.define(member('mcp__probe', 'add'))).toBe('mcp__probe__add')
    expect(names.identities.get('mcp__probe__add')).toEqual(member('mcp__probe', 'add'))
  })

  test('functions and custom tools keep their names (OE-R23)', () => {
    const names = new ToolNames()
    expect(names.define(plain('read.file'))).toBe('read.file')
    expect(names.define({ kind: 'custom', name: 'apply_patch' })).toBe('apply_patch')
    expect(names.identities.get('apply_patch')?.kind).toBe('custom')
  })

  test('the second of two equal names gets a hash of its own pair (OE-R22)', () => {
    const names = new ToolNames()
    expect(names.define(member('a', 'b__c'))).toBe('a__b__c')
    const second = names.define(member('a__b', 'c'))
    expect(second).toMatch(/^a__b__c_[0-9a-f]{8}$/)
    expect(names.identities.get(second)).toEqual(member('a__b', 'c'))
    const third = names.define(plain('a__b__c'))
    expect(third).toMatch(/^a__b__c_[0-9a-f]{8}$/)
    expect(third).not.toBe(second)
    expect(names.identities.get(third)).toEqual(plain('a__b__c'))
  })

  test('a long name is cut to 64 characters with a hash, and is the same in every request (OE-R22)', () => {
    const long = member('mcp__warehouse', 'x'.repeat(60))
    const name = new ToolNames().define(long)
    expect(name).toHaveLength(64)
    expect(name).toMatch(/^mcp__warehouse__x+_[0-9a-f]{8}$/)
    expect(new ToolNames().define(long)).toBe(name)
    expect(new ToolNames().define(member('my server', 'add'))).toMatch(/^my_server__add_[0-9a-f]{8}$/)
  })

  test('a call in the history has the name of its tool, offered or not (OE-R22)', () => {
    const names = new ToolNames()
    names.define(member('mcp__probe', 'add'))
    names.define({ kind: 'custom', name: 'exec', namespace: 'functions' })
    expect(names.nameOfCall(member('mcp__probe', 'add'))).toBe('mcp__probe__add')
    expect(names.nameOfCall(member('mcp__gone', 'add'))).toBe('mcp__gone__add')
    // As the model saw it.
    expect(names.nameOfCall(plain('mcp__probe__add'))).toBe('mcp__probe__add')
    expect(names.identities.get('mcp__probe__add')).toEqual(member('mcp__probe', 'add'))
    // The definition says how a call is written.
    names.nameOfCall(member('functions', 'exec'))
    expect(names.identities.get('functions__exec')?.kind).toBe('custom')
  })

  test("OpenAI's own tools are different from functions of the same name (OE-R24)", () => {
    const names = new ToolNames()
    expect(names.define(plain('shell'))).toBe('shell')
    const hosted = names.define({ kind: 'shell', name: 'shell' })
    expect(hosted).toMatch(/^shell_[0-9a-f]{8}$/)
    expect(names.nameOfCall({ kind: 'shell', name: 'shell' })).toBe(hosted)
    expect(names.nameOfCall(plain('shell'))).toBe('shell')
  })

  test('every pair comes back from its name, in any order of definitions (OE-R22)', () => {
    const part = fc.stringMatching(/^[ab_]{1,3}$/)
    const identity = fc.record({ kind: fc.constantFrom('function', 'custom'), name: part, namespace: part })
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 12 }), (identities) => {
        const names = new ToolNames()
        const distinct = new Map(identities.map((each) => [JSON.stringify([each.namespace, each.name]), each]))
        const given = [...distinct.values()].map((each) => [names.define(each), each] as const)
        expect(new Set(given.map(([name]) => name)).size).toBe(distinct.size)
        for (const [name, each] of given) expect(names.identities.get(name)).toEqual(each)
      }),
    )
  })
})
