// MxRecord: its shape joined with what it does at the DNS API.
import { defineResource } from "../define-resource.ts";
import { follow } from "./follow.ts";
import { headline, outputs } from "./headline.ts";
import { news } from "./news.ts";
import { normal } from "./normal.ts";
import { observe } from "./observe.ts";
import { plan } from "./plan.ts";
import { mxRecord } from "./shape.ts";
import { apply, brief, say } from "./steps.ts";

export const resource = defineResource(mxRecord, { observe, normal, follow, plan, apply, say, brief, headline, news, outputs });
