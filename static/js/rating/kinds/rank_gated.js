// Ranking, behind a gate.

import { withGate } from "../gate.js";
import Rank from "./rank.js";

export default withGate(Rank);
