/** What can go wrong between an app and Meta, to order: by chance, or for one next call. */
import { z } from 'zod';
import { createDice } from '#sandbox/dice.ts';

const chance = z.number().min(0).max(1).default(0);

/** What can happen to a send. The first three leave it undelivered, the others deliver it. */
const sendFaults = [
  'refuse5xxBefore',
  'transient',
  'rateLimit',
  'fail5xxAfter',
  'resetAfter',
  'stall',
  'truncate',
  'maybeSent',
] as const;

export type SendFault = (typeof sendFaults)[number];

/** Chances from 0 to 1; those of one send exclude each other, so they should sum up to 1 at most. */
export const faultSettings = z.strictObject({
  /** The same seed gives the same faults for the same calls in the same order. */
  seed: z.int().default(1),
  /** 500, not delivered. */
  refuse5xxBefore: chance,
  /** Code 2 with is_transient, not delivered. */
  transient: chance,
  /** Code 613 with the usage header, not delivered. */
  rateLimit: chance,
  /** Delivered, then a 500 with an HTML page. */
  fail5xxAfter: chance,
  /** Delivered, then the connection is cut. */
  resetAfter: chance,
  /** Delivered, answered only after `stallMs`. */
  stall: chance,
  stallMs: z.int().min(0).default(30_000),
  /** Delivered, 200 with half of the JSON. */
  truncate: chance,
  /** Delivered, but answered with 1/1357046. */
  maybeSent: chance,
  /** The echo of a message that the app sent never comes. */
  dropEcho: chance,
  /** The echo comes so much later, past everything else. */
  echoDelayMs: z.int().min(0).default(0),
  /** The echo is delivered before the call that caused it is answered. */
  echoFirst: chance,
  /** An acknowledged webhook comes once more. */
  duplicateWebhooks: chance,
  /** A webhook is held back, so that later ones overtake it. */
  reorder: chance,
  /** Reading a conversation back answers 500. */
  readBackFails: chance,
});

export type FaultSettings = z.infer<typeof faultSettings>;

type Chance = Exclude<keyof FaultSettings, 'seed' | 'stallMs' | 'echoDelayMs'>;

/** An answer for one next send: a fault by its name, or an error in Meta's form. */
export const scriptedFault = z.strictObject({
  /** Only for sends to this customer; absent: for the next send whoever it is to. */
  customer: z.string().optional(),
  times: z.int().min(1).default(1),
  fault: z.enum(sendFaults).optional(),
  status: z.int().min(200).max(599).default(400),
  error: z.looseObject({ code: z.int() }).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** Whether the customer gets the message although the answer is an error. */
  isDelivered: z.boolean().default(false),
});

export type ScriptedFault = z.infer<typeof scriptedFault>;

export type Faults = {
  settings: () => FaultSettings;
  set(settings: FaultSettings): void;
  /** Also forgets what was scripted. */
  clear(): void;
  script(fault: ScriptedFault): void;
  /** Takes the next scripted answer for this customer, if there is one. */
  takeScripted(customer: string): ScriptedFault | null;
  rollSend(): SendFault | null;
  roll(name: Chance): boolean;
  /** From 0 up to a limit, by the same dice. */
  rollUpTo(limit: number): number;
};

export function createFaults(): Faults {
  let settings = faultSettings.parse({});
  let dice = createDice(settings.seed);
  let scripted: ScriptedFault[] = [];
  const set = (next: FaultSettings) => {
    settings = next;
    dice = createDice(next.seed);
  };
  return {
    settings: () => settings,
    set,
    clear() {
      set(faultSettings.parse({}));
      scripted = [];
    },
    script(fault) {
      scripted.push(fault);
    },
    takeScripted(customer) {
      const fault = scripted.find((one) => [undefined, customer].includes(one.customer));
      if (fault === undefined) return null;
      fault.times -= 1;
      if (fault.times === 0) scripted = scripted.filter((one) => one !== fault);
      return fault;
    },
    rollSend() {
      const roll = dice();
      // Each fault owns a stretch from 0 to 1 as long as its chance.
      let end = 0;
      for (const name of sendFaults) {
        end += settings[name];
        if (roll < end) return name;
      }
      return null;
    },
    roll: (name) => settings[name] > 0 && dice() < settings[name],
    rollUpTo: (limit) => Math.floor(dice() * limit),
  };
}
