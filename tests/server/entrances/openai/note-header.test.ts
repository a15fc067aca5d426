import { expect, test } from 'bun:test'
import { createNotes } from '../../../../src/messages/notes.ts'
import { noteHeaderOf } from '../../../../src/server/entrances/openai/note-header.ts'

test('the header names the members that have notes, each once, and no text of the client (OE-T3)', () => {
  const notes = createNotes()
  expect(noteHeaderOf(notes.all)).toBeUndefined()
  notes.changed(['seed'], 'not sent')
  notes.changed(['messages', 3, 'content'], 'changed')
  notes.dropped(['messages', 4], 'dropped')
  notes.changed(['my-secret-member'], 'changed')
  notes.changed(['x\r\ny'], 'changed')
  expect(noteHeaderOf(notes.all)).toBe('seed, messages, other')
})
