/** A worker that says that it listens, and ends at the request for its facts. */

process.on('message', ({ kind, id, name }: { kind: string; id: number; name: string }) => {
  if (kind !== 'ask') return
  if (name === 'begin') process.send?.({ kind: 'answer', id, value: { kind: 'listening' } })
  else process.exit(name === 'facts' ? 7 : 0)
})
