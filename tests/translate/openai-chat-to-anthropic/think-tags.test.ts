import { describe, expect, test } from 'bun:test'
import {
  answer,
  type ContextMembers,
  callPiece,
  chunk,
  contentOf,
  contentOfStream,
  contentOfText,
  says,
  whole,
} from '../../support/chat-response.ts'

/** Tagged thinking is separated from the text. */

const call = callPiece({ name: 'Read', arguments: '{}' }, { id: 'a', index: 0 })

describe('tagged thinking', () => {
  test.each([
    ['<think>Hm.</think>So.', [{ thinking: 'Hm.' }, 'So.']],
    ['<thinking>Hm.</thinking>So.', [{ thinking: 'Hm.' }, 'So.']],
    [' \n<think>\nHm.\n</think>\n\nSo.', [{ thinking: '\nHm.\n' }, '\n\nSo.']],
    ['<think>a</thinking>b</think>c', [{ thinking: 'a</thinking>b' }, 'c']],
    ['<think></think>So.', ['So.']],
    ['<think>\n\n</think>\n\nSo.', ['\n\nSo.']],
    ['<think>Hm. No end', [{ thinking: 'Hm. No end' }]],
    ['<think>Hm.</think>', [{ thinking: 'Hm.' }]],
    ['<think>Hm.</think>So <think>not</think> this.', [{ thinking: 'Hm.' }, 'So <think>not</think> this.']],
    ['So: <think>Hm.</think>', ['So: <think>Hm.</think>']],
    ['`<think>`', ['`<think>`']],
    ['<thin', ['<thin']],
    ['<thinks>a</thinks>', ['<thinks>a</thinks>']],
    ['</think>', ['</think>']],
  ])('of %j counts only at the very beginning (OU-S11)', (text, expected) => {
    expect(contentOfText(text)).toEqual(expected)
  })

  test('that the template opens ends at the first closing tag (OU-S11)', () => {
    const prefilled: ContextMembers = { dialect: { thinkPrefilled: true } }
    expect(contentOfText('Hm.</think>\nSo </think>.', prefilled)).toEqual([{ thinking: 'Hm.' }, '\nSo </think>.'])
    expect(contentOfText('<think>Hm.</think>So.', prefilled)).toEqual([{ thinking: 'Hm.' }, 'So.'])
    expect(contentOfText('Hm. No end', prefilled)).toEqual([{ thinking: 'Hm. No end' }])
  })

  test('that the template opens is text if reasoning has a separate member (OU-S11)', () => {
    const prefilled: ContextMembers = { dialect: { thinkPrefilled: true } }
    expect(contentOfStream([chunk({ reasoning: 'Hm.' }), says('So.')], prefilled)).toEqual([{ thinking: 'Hm.' }, 'So.'])
  })

  test('is dropped if reasoning comes in a separate member (OU-S11)', () => {
    const text = '<think>Hm.</think>\nSo.'
    const expected = [{ thinking: 'Hm.' }, '\nSo.']
    expect(contentOf(whole(answer({ reasoning_content: 'Hm.', content: text })))).toEqual(expected)
    for (let at = 0; at <= text.length; at += 1) {
      const pieces = [says(text.slice(0, at)), says(text.slice(at))]
      expect(contentOfStream([chunk({ reasoning_content: 'Hm.' }), ...pieces])).toEqual(expected)
    }
    const both = [...'Hm.'].map((letter) => chunk({ reasoning: letter, content: letter === 'H' ? '<think>H' : letter }))
    expect(contentOfStream([...both, says('</think>So.')])).toEqual([{ thinking: 'Hm.' }, 'So.'])
  })

  test('stays if the separate member has only white space (OU-S11)', () => {
    const chunks = [chunk({ reasoning: '\n' }), says('<think>Hm.</think>So.')]
    expect(contentOfStream(chunks)).toEqual([{ thinking: '\nHm.' }, 'So.'])
  })

  test('is dropped as soon as a separate member has reasoning (OU-S11)', () => {
    const chunks = [says('<think>H'), chunk({ reasoning: 'm.', content: 'm.' }), says('</think>So.')]
    expect(contentOfStream(chunks)).toEqual([{ thinking: 'Hm.' }, 'So.'])
  })

  test('that never ends is not a copy, and stays text (OU-S11)', () => {
    expect(contentOf(whole(answer({ reasoning: 'Hm.', content: '<think> is a tag.' })))).toEqual([
      { thinking: 'Hm.' },
      ' is a tag.',
    ])
  })

  test('that is incomplete is sent before a call (OU-S11, OU-S9)', () => {
    expect(contentOfStream([says('<thi'), call])).toEqual(['<thi', { Read: {}, id: 'a' }])
    expect(contentOfStream([says('<think>Hm.</thi'), call])).toEqual([{ thinking: 'Hm.</thi' }, { Read: {}, id: 'a' }])
  })
})
