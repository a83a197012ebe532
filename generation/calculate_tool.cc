#include "generation/calculate_tool.h"

#include "generation/calculator.h"
#include "generation/tool_arguments.h"

namespace quarry::generation {
namespace {

class CalculateTool final : public Tool {
 public:
  const model::ChatTool& spec() const override { return spec_; }
  Result<ToolResult> Run(std::string_view arguments, const ToolCallContext&) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    const std::string expression = given.Text("expression");
    QUARRY_ASSIGN_OR_RETURN(const Calculated result, Calculate(expression));
    std::string text = expression + (result.is_exact ? " = " : " ≈ ") + result.value;
    if (!result.decimal.empty()) text += " ≈ " + result.decimal;
    ToolResult told;
    told.passages.push_back(MakeResultPassage(spec_.name, "Calculation", text));
    return told;
  }

 private:
  const model::ChatTool spec_ = {
      "calculate",
      "Calculates exactly: + - * / ^, parentheses, 17%, abs ceil floor round sqrt min max sum mean "
      "mod, pi. Use it for every calculation; take the numbers from passages.",
      R"({"type":"object","properties":{"expression":{"type":"string","minLength":1,)"
      R"("maxLength":1000}},"required":["expression"],"additionalProperties":false})"};
};

}  // namespace

std::unique_ptr<Tool> MakeCalculateTool() { return std::make_unique<CalculateTool>(); }

}  // namespace quarry::generation
