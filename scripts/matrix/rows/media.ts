import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** Pictures and PDFs. */

const named = (name: string) => caseNamed(cases, name)

export const visionRow: Row = {
  id: 'vision',
  name: 'Vision',
  group: 'published',
  what: 'Reads a PNG file.',
  cases: () => [
    withChecks(named('Read of an image'), 'the second request has one image block, with the bytes of the file'),
  ],
}

export const pdfRow: Row = {
  id: 'pdf_input',
  name: 'PDF input',
  group: 'published',
  what: 'Reads a PDF whose name Bedrock does not accept, and continues the session.',
  cases: () => [
    withChecks(
      named('Read of a PDF, as pages and with citations, and the next turn'),
      'each later request has one document block, with the bytes of the file and a valid name',
      'the document is not in the tool result, where the model would not see its pages',
      'each request begins with the one before it',
    ),
  ],
}
