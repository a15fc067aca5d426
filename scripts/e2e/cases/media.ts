import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Citation } from '../../../src/wire/converse/response.ts'
import { bodies, type Case, prompt, succeeded, textsOf } from '../case.ts'
import { assertGrowing, bash, documentsIn, imagesIn, isConversation, resultsIn, turns } from '../conversation.ts'
import { toPdf } from '../pdf.ts'
import { redPicture } from '../pictures.ts'

/** Images and PDFs. */

const imageRead: Case = {
  name: 'Read of an image',
  async setup(folder) {
    await writeFile(join(folder, 'red.png'), redPicture)
    return {
      scenario: turns([{ tool: 'Read', input: { file_path: join(folder, 'red.png') } }], (request) => [
        { text: `I see ${imagesIn(request.body).length} picture.` },
      ]),
    }
  },
  async play(session) {
    succeeded(await session.headless(prompt('look at red.png', '--allowedTools', 'Read')), 'I see 1 picture')
    const [first, second] = bodies(session).filter(isConversation)
    assert.ok(first && second)
    assert.deepEqual(imagesIn(first), [])
    // The client sends a small picture unchanged, and the server must do so, too.
    assert.deepEqual(imagesIn(second), [{ format: 'png', source: { bytes: redPicture.toString('base64') } }])
  },
}

const pages = ['Quarterly figures', 'Revenue was 42', 'Costs were 17'] as const
/** Bedrock refuses this name. */
const invalidName = 'Grüße_report  (v1.2).pdf'

const pdfRead: Case = {
  name: 'Read of a PDF, as pages and with citations, and the next turn',
  async setup(folder) {
    const file = join(folder, invalidName)
    await writeFile(file, toPdf(pages))
    const revenue: Citation = {
      title: 'document',
      sourceContent: [{ text: pages[1] }],
      location: { documentPage: { documentIndex: 0, start: 2, end: 3 } },
    }
    return {
      scenario: turns(
        [{ tool: 'Read', input: { file_path: file } }],
        [
          { text: 'It says: ' },
          { citedText: pages[1], citations: [revenue] },
          { text: ', on page 2.' },
          bash('echo on'),
        ],
        [{ text: 'I read ' }, { citedText: pages[1], citations: [revenue] }, { text: '.' }],
        [{ text: 'And costs.' }],
      ),
    }
  },
  async play(session) {
    const run = await session.headless(prompt('read it', '--allowedTools', 'Read,Bash'))
    succeeded(run, `^I read ${pages[1]}\\.$`)
    // The client did not request citations: it gets plain text in one block, and sends that back.
    assert.deepEqual(textsOf(run), [`It says: ${pages[1]}, on page 2.`, `I read ${pages[1]}.`])
    assert.ok(!JSON.stringify(run.events).includes('"citations":['))
    succeeded(await session.headless(prompt('what else?', '--continue')), 'And costs')

    const [, ...withPdf] = bodies(session).filter(isConversation)
    assert.equal(withPdf.length, 3)
    for (const body of withPdf) {
      for (const { name } of documentsIn(body)) assert.match(name, /^[A-Za-z0-9 ()[\]-]+$/)
      // Without citations, the model reads only the text.
      assert.deepEqual(
        documentsIn(body).map(({ name: _name, ...document }) => document),
        [{ format: 'pdf', source: { bytes: toPdf(pages).toString('base64') }, citations: { enabled: true } }],
      )
      // The newest client puts it into the tool's result, where Bedrock does not accept citations (F1).
      assert.ok(!JSON.stringify(resultsIn(body)).includes('"document"'), 'the PDF is in a tool result')
    }
    assertGrowing(withPdf)
  },
}

export const mediaCases: readonly Case[] = [imageRead, pdfRead]
