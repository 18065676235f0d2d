// Comparing two responses, behind a gate.

import { withGate } from "../gate.js";
import Compare from "./compare.js";

export default withGate(Compare);
