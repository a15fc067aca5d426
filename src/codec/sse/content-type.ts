/** Whether the value of a `content-type` header names a stream of server-sent events. */
export const isEventStreamType = (contentType: string | null): boolean =>
  contentType !== null && /^\s*text\/event-stream\s*(?:;|$)/i.test(contentType)
