import { expect, test } from 'bun:test'
import { bracketed } from '../../src/base/path.ts'

test.each([
  [[], ''],
  [['model'], 'model'],
  [['messages', 3, 'content', 0, 'image_url'], 'messages[3].content[0].image_url'],
  [[0, 1], '[0][1]'],
])("OpenAI's errors write the path %j as %s (OE-T7)", (path, text) => expect(bracketed(path)).toBe(text))
