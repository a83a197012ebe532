#pragma once

// Questions for instructions, and sentences that give them. By their wording alone. Internal to model/. Pure.

#include <string_view>

namespace quarry::model {

// "How do I ...", "how can one ...", "how to", 怎么, 如何; not "how does it work", nor "how long".
bool AsksHowTo(std::string_view question);

// Whether it tells how something is done, and not that it is: "Use git clean to remove them.", "git-clean - Remove
// untracked files", "You can ...", "by adding --force", 运行以下命令, 通过设置.
bool TellsWay(std::string_view sentence);

// Whether it orders what is to be done: "Restart the pump.", "First, open the valve.", 提交报销单.
bool IsInstruction(std::string_view sentence);

}  // namespace quarry::model
