import { describe, expect, test } from 'bun:test'
import {
  createResponseStore,
  type ResponseStoreOptions,
} from '../../../../src/server/entrances/openai/response-store.ts'
import type { ResponseObject } from '../../../../src/wire/openai-responses/response.ts'
import { textBlock, wholeOf } from '../../../support/responses-answer.ts'

const response = (id: string): ResponseObject => ({ ...wholeOf([textBlock('Hello')]), id })
const input = [{ type: 'message', role: 'user', content: 'Hi' }]

const storeOf = (options: Partial<ResponseStoreOptions> = {}) => {
  let now = 0
  const store = createResponseStore({ maximumResponses: 1000, now: () => now, ...options })
  return {
    ...store,
    add: (id: string, owner = 'a', inputBytes = 10) => store.keep(owner, { response: response(id), input, inputBytes }),
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

const hour = 3_600_000

describe('the store of responses (OE-R44)', () => {
  test('finds a response and its items, for its owner alone', () => {
    const store = storeOf()
    store.add('resp_0a')
    expect(store.find('a', 'resp_0a')?.input).toEqual(input)
    expect(store.findItem('a', 'msg_0a_0')).toMatchObject({ type: 'message', content: [{ text: 'Hello' }] })
    expect(store.findItem('a', 'msg_0a_1')).toBeUndefined()
    expect(store.findItem('a', 'msg_of_another_server')).toBeUndefined()
    expect(store.find('b', 'resp_0a')).toBeUndefined()
    expect(store.findItem('b', 'msg_0a_0')).toBeUndefined()
    expect(store.remove('b', 'resp_0a')).toBe(false)
  })

  test('removes a response', () => {
    const store = storeOf()
    store.add('resp_0a')
    expect(store.remove('a', 'resp_0a')).toBe(true)
    expect(store.remove('a', 'resp_0a')).toBe(false)
    expect(store.find('a', 'resp_0a')).toBeUndefined()
  })

  test('keeps a response for an hour after its last use', () => {
    const store = storeOf()
    store.add('resp_0a')
    store.add('resp_0b')
    store.pass(hour)
    expect(store.find('a', 'resp_0a')).toBeDefined()
    store.pass(1)
    expect(store.find('a', 'resp_0b')).toBeUndefined()
    expect(store.find('a', 'resp_0a')).toBeDefined()
  })

  test('removes the response that was not used for the longest time, above its number', () => {
    const store = storeOf({ maximumResponses: 2 })
    store.add('resp_0a')
    store.add('resp_0b')
    store.find('a', 'resp_0a')
    store.add('resp_0c')
    expect(['resp_0a', 'resp_0b', 'resp_0c'].map((id) => store.find('a', id) !== undefined)).toEqual([
      true,
      false,
      true,
    ])
  })

  test('removes the oldest responses above its bytes, also their input', () => {
    const store = storeOf({ maximumBytes: 10_000 })
    expect(store.canKeep(10_001)).toBe(false)
    store.add('resp_0a', 'a', 6000)
    store.add('resp_0b', 'a', 4000)
    expect(store.find('a', 'resp_0a')).toBeUndefined()
    expect(store.find('a', 'resp_0b')).toBeDefined()
    store.remove('a', 'resp_0b')
    store.add('resp_0c', 'a', 4000)
    expect(store.find('a', 'resp_0c')).toBeDefined()
  })
})
