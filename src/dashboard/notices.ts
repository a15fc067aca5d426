import type { Summary } from '../server/ops/dashboard/summary.ts'
import { create } from './dom.ts'
import { dayAndTime } from './format.ts'

/** What a reader of the figures must know. */

const degradations = ({ degraded }: Summary): Node[] =>
  degraded.length === 0
    ? []
    : [
        create(
          'div',
          { class: 'notice' },
          create('strong', {}, 'Some parts do not work:'),
          create(
            'ul',
            {},
            ...degraded.map((part) =>
              create('li', {}, 'model' in part ? `${part.model}: ${part.note}` : `${part.file}: ${part.note}`),
            ),
          ),
        ),
      ]

const sources = ({ startedAt }: Summary): Node[] =>
  startedAt === undefined
    ? []
    : [
        create(
          'p',
          { class: 'notice is-plain' },
          `These are the last 1,000 requests since the server started on ${dayAndTime(startedAt)}. Start it with `,
          create('code', {}, '--history'),
          ' to keep the figures.',
        ),
      ]

export const showNotices = (host: HTMLElement, summary: Summary): void =>
  host.replaceChildren(...degradations(summary), ...sources(summary))
