import { asId, asObject, asText, field } from '#channels/json.ts';

/** Meta's error object, reduced to what decides and what may be logged. Its message may quote the text we sent. */
export type GraphError = {
  code: number;
  subcode: number | null;
  isTransient: boolean;
  traceId: string | null;
};

/** @returns null when the body is no well-formed Graph error */
export function readGraphError(body: unknown): GraphError | null {
  const error = asObject(field(body, 'error'));
  const code = wholeNumber(error?.code);
  if (error === null || code === null) return null;
  return {
    code,
    subcode: wholeNumber(error.error_subcode),
    isTransient: error.is_transient === true,
    traceId: /^[\w-]{1,64}$/.exec(asText(error.fbtrace_id) ?? '')?.[0] ?? null,
  };
}

/** For logs and operators: `error 10/2018278, trace A1b2`. */
export function describeError({ code, subcode, traceId }: GraphError): string {
  const number = subcode === null ? `${code}` : `${code}/${subcode}`;
  return traceId === null ? `error ${number}` : `error ${number}, trace ${traceId}`;
}

function wholeNumber(value: unknown): number | null {
  const number = Number(asId(value) ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : null;
}
