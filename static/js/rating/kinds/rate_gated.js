// Rating each response by itself, behind a gate.

import { withGate } from "../gate.js";
import Rate from "./rate.js";

export default withGate(Rate);
